import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from '../../../backend/kernels/matrixProduct.ts';

/** What a network gave, and what its gradient needs. */
interface Forward {
  readonly output: Tensor;
  /** z of each hidden layer, and its arctangent. */
  readonly hidden: readonly (readonly [z: Tensor, angle: Tensor])[];
}

/** A network of weights and biases, one after the other, of the coordinates `[pixels, 2]`. */
export function forward(weights: readonly Tensor[], places: Tensor2D): Forward {
  const hidden: [Tensor, Tensor][] = [];
  const [first, bias] = weights as [Tensor, Tensor];
  let z = tf.add(matrixProduct(places, first), bias);
  for (let layer = 2; layer < weights.length; layer += 2) {
    const angle = tf.tidy(() => arctangent(z));
    hidden.push([z, angle]);
    z = tf.tidy(() => through(angle, weights[layer] as Tensor, weights[layer + 1] as Tensor));
  }
  return { output: z, hidden };
}

/** Two products in place of one of both activations side by side, which would have to be copied. */
function through(angle: Tensor, weights: Tensor, bias: Tensor): Tensor {
  const [linear, square] = activatedWeights(weights);
  const sum = tf.add(matrixProduct(angle, linear), matrixProduct(tf.square(angle), square));
  return tf.add(sum, bias);
}

/** About the deviation of atan(z) and of its square for normal z. */
const LINEAR = 0.67;
const SQUARE = 0.6;

/** The weights `[2 width, out]` of a / .67 and of a² / .6 as those of a and of a². */
function activatedWeights(weights: Tensor): readonly [Tensor, Tensor] {
  const [both, to] = weights.shape as [number, number];
  const [linear, square] = [
    tf.slice(weights, [0, 0], [both / 2, to]),
    tf.slice(weights, [both / 2, 0], [both / 2, to]),
  ];
  return [tf.div(linear, LINEAR), tf.div(square, SQUARE)];
}

/**
 * The arctangent, to 1e-7: of a quarter of the angle, by tan(a / 2) = tan a / (1 + √(1 + tan² a)) twice, and a polynomial.
 * Reason: wasm's own takes four times as long as all products together.
 */
function arctangent(z: Tensor): Tensor {
  const quarter = halved(halved(z));
  const square = tf.square(quarter);
  const series = COEFFICIENTS.reduceRight<Tensor | number>(
    (sum, coefficient) => tf.add(tf.mul(sum, square), coefficient),
    0,
  );
  return tf.mul(tf.mul(quarter, series), 4);
}

function halved(tangent: Tensor): Tensor {
  return tf.div(tangent, tf.add(tf.sqrt(tf.add(tf.square(tangent), 1)), 1));
}

/** Of t, t³, … on |t| ≤ tan(π / 8), least squares of the relative error. */
const COEFFICIENTS = [0.999999981, -0.333327859, 0.199741027, -0.138487414, 0.079771185];

/** The gradient of each weight and bias. */
export function backward(weights: readonly Tensor[], places: Tensor2D, cotangent: Tensor): Tensor[] {
  const { hidden } = forward(weights, places);
  const found: Tensor[] = [];
  let ofZ = cotangent;
  for (let layer = hidden.length; layer > 0; layer--) {
    const [z, angle] = hidden[layer - 1] as readonly [Tensor, Tensor];
    const ofWeights = [tf.div(angle, LINEAR), tf.div(tf.square(angle), SQUARE)].map((activation) =>
      matrixProduct(activation, ofZ, { transposeA: true }),
    );
    found.unshift(tf.concat(ofWeights, 0), columnSums(ofZ));
    const [linear, square] = activatedWeights(weights[2 * layer] as Tensor);
    const ofSquare = matrixProduct(ofZ, square, { transposeB: true });
    const ofAngle = tf.add(matrixProduct(ofZ, linear, { transposeB: true }), tf.mul(tf.mul(ofSquare, angle), 2));
    ofZ = tf.div(ofAngle, tf.add(tf.square(z), 1));
  }
  return [matrixProduct(places, ofZ, { transposeA: true }), columnSums(ofZ), ...found];
}

/** As a product: wasm adds up rows in steps over single numbers. */
function columnSums(rows: Tensor): Tensor {
  return matrixProduct(tf.ones([1, rows.shape[0] as number]), rows);
}
