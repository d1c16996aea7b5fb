import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { separable } from '../../backend/separable.ts';
import type { Input, Model } from '../../network/types.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { assertWidth } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { count, flag, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { type Quadrature, type QuadratureRule, quadrature, quadratureRules } from '../../numeric/quadrature.ts';
import { completenessGap } from '../../scoring/completenessError.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { endpoint } from '../../scoring/scoreAt.ts';
import { attributionOf, explain } from '../../scoring/session.ts';
import { pinTarget } from '../../scoring/targets/createScorer.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { sumGradients, type WeightedPoints } from './pathGradients.ts';

/** The path of {@link blurIntegratedGradients}. */
export interface BlurIntegratedGradientsOptions {
  /** The standard deviation of the blur at the beginning of the path, in pixels; 50 by default. */
  readonly maxSigma?: number;
  /** The number of points on the path; 100 by default. */
  readonly steps?: number;
  /** Where the points lie; `'left'` by default, as in the paper's code. */
  readonly rule?: QuadratureRule;
  /** Spaces the points evenly in the variance σ² in place of σ; false by default. */
  readonly sqrt?: boolean;
}

const checks: OptionChecks<ExplainOptions & BlurIntegratedGradientsOptions> = {
  ...explainChecks,
  maxSigma: (argument, value) => assertWidth(argument, value as number),
  steps: count(1),
  rule: oneOf(quadratureRules),
  sqrt: flag,
};

/**
 * Blur integrated gradients: what comes into the score while a blurred picture becomes sharp.
 *
 * $R = -\int_0^{\sigma_{max}} \partial F(L(x, \sigma)) \odot \frac{\partial L(x, \sigma)}{\partial \sigma}\, d\sigma$ with
 * $L(x, \sigma)$ the image convolved with a Gaussian, zeros around it. No baseline has to stand for "nothing". The sum is
 * $F(x) - F(L(x, \sigma_{max}))$ up to the error of the quadrature; `delta` reports the gap. Inputs that are no images
 * keep their values and get zeros.
 *
 * Source: Xu, Venugopalan and Sundararajan 2020, "Attribution in scale and space", Eq. (3).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `maxSigma`, `steps`, `rule`, `sqrt`, `target`, `scale` (`'logit'` by default). A predicted class is
 * the one at x.
 * @returns `values` in the shape of the input, and `delta` per example.
 * @throws {VitrineError} if no input is an image, `maxSigma` is negative or `steps` < 1; else as {@link gradient}.
 * @example
 * ```ts
 * import { blurIntegratedGradients } from 'vitrine';
 * const { values, delta } = await blurIntegratedGradients(model, x, { maxSigma: 4, steps: 20 });
 * ```
 */
export async function blurIntegratedGradients(
  model: Model,
  x: Input,
  options: ExplainOptions & BlurIntegratedGradientsOptions = {},
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, options) => {
    const { maxSigma = 50, steps = 100, rule = 'left', sqrt = false } = options;
    const sigmaAt = (share: number): number => maxSigma * (sqrt ? Math.sqrt(share) : share);
    const { sigmas, widths } = scalesOf(quadrature(rule, steps), sigmaAt);
    const { network, inputs, scorer } = session;
    const images = inputs.flatMap(({ shape }, i) => (shape.length === 4 ? [i] : []));
    if (images.length === 0) {
      const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
      throw new VitrineError('bad-shape', `"x" expected an image [n, h, w, c], got ${shapes}`);
    }
    const end = await endpoint(session, inputs, { sites: [], scorer });
    const pinned = session.scorerOf(pinTarget(options.target, end.classes));
    const start = await endpoint(session, await blurredInputs(inputs, maxSigma), { sites: [], scorer: pinned });
    const sums = await sumGradients(session, {
      stage: 'blurIntegratedGradients',
      sites: network.inputs.filter((_, i) => images.includes(i)),
      samples: steps,
      scorer: pinned,
      draw: (example, from, to) =>
        images.map((i) => {
          const image = rowsOf(inputs[i] as NdArray, example, example + 1) as Tensor4D;
          return alongBlur(image, sigmas.subarray(from, to), widths.subarray(from, to));
        }),
    });
    const zeros = ({ shape, data }: NdArray): NdArray => ({ shape, data: new Float32Array(data.length) });
    const maps = inputs.map((input, i) => sums[images.indexOf(i)] ?? zeros(input));
    return attributionOf(session, {
      method: 'blurIntegratedGradients',
      score: end.score,
      classes: end.classes,
      maps,
      delta: completenessGap(maps, end.score.data, start.score.data),
    });
  });
}

/** The blur at the nodes of a rule, and how far it goes in the interval of each. */
function scalesOf(
  { nodes, weights }: Quadrature,
  sigmaAt: (share: number) => number,
): { readonly sigmas: Float64Array; readonly widths: Float64Array } {
  let share = 0;
  const widths = weights.map((weight) => {
    const from = sigmaAt(share);
    share += weight;
    return sigmaAt(share) - from;
  });
  return { sigmas: nodes.map(sigmaAt), widths };
}

/** The image at several scales, and what its gradients there count: what the image loses over the width of each. */
function alongBlur(image: Tensor4D, sigmas: Float64Array, widths: Float64Array): WeightedPoints {
  const [, rows, columns] = image.shape;
  const points: Tensor[] = [];
  const changes: Tensor[] = [];
  sigmas.forEach((sigma, k) => {
    const sharp = { rows: blurMatrix(rows, sigma), columns: blurMatrix(columns, sigma) };
    points.push(separable(image, sharp));
    // The product rule: the blur is one along the rows after one along the columns.
    const change = tf.add(
      separable(image, { rows: blurSlope(rows, sigma), columns: sharp.columns }),
      separable(image, { rows: sharp.rows, columns: blurSlope(columns, sigma) }),
    );
    changes.push(tf.mul(change, -(widths[k] as number)));
  });
  return { points: tf.concat(points, 0), weights: tf.concat(changes, 0) };
}

/** The images of a model's inputs, blurred; other inputs as they are. */
async function blurredInputs(inputs: readonly NdArray[], sigma: number): Promise<readonly NdArray[]> {
  return Promise.all(inputs.map((input) => (input.shape.length === 4 ? blurred(input, sigma) : input)));
}

async function blurred({ shape, data }: NdArray, sigma: number): Promise<NdArray> {
  const [, rows, columns] = shape as [number, number, number];
  const tensor = tf.tidy(() =>
    separable(tf.tensor4d(data, shape as Tensor4D['shape']), {
      rows: blurMatrix(rows, sigma),
      columns: blurMatrix(columns, sigma),
    }),
  );
  try {
    return { shape, data: Float32Array.from(await tensor.data()) };
  } finally {
    tensor.dispose();
  }
}

/** The convolution of an axis with a Gaussian, zeros beyond its ends, as a matrix `[from, to]`. */
function blurMatrix(length: number, sigma: number): Tensor2D {
  const { values, total } = gaussian(length, sigma);
  return matrixOf(length, (distance) => (values[distance] as number) / total);
}

/** The derivative of {@link blurMatrix} by sigma; zeros at sigma 0, where the Gaussian is flat beyond any order. */
function blurSlope(length: number, sigma: number): Tensor2D {
  if (sigma === 0) return tf.zeros([length, length]);
  const { values, total } = gaussian(length, sigma);
  const slopes = values.map((value, distance) => (value * distance ** 2) / sigma ** 3);
  const totalSlope = bothSides(slopes);
  return matrixOf(
    length,
    (distance) => ((slopes[distance] as number) * total - (values[distance] as number) * totalSlope) / total ** 2,
  );
}

/** exp(−d² / 2σ²) at distances 0, 1, 2, …, and its sum over the whole line. */
function gaussian(length: number, sigma: number): { values: Float64Array; total: number } {
  const reach = Math.max(length, Math.ceil(8 * sigma) + 1);
  const values = Float64Array.from({ length: reach }, (_, distance) =>
    sigma === 0 ? Number(distance === 0) : Math.exp(-0.5 * (distance / sigma) ** 2),
  );
  return { values, total: bothSides(values) };
}

function bothSides(values: Float64Array): number {
  return 2 * values.reduce((sum, value) => sum + value, 0) - (values[0] as number);
}

function matrixOf(length: number, at: (distance: number) => number): Tensor2D {
  const data = new Float32Array(length * length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) data[i * length + j] = at(Math.abs(i - j));
  }
  return tf.tensor2d(data, [length, length]);
}
