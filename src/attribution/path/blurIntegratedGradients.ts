import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { separable } from '../../backend/separable.ts';
import { rowsOf } from '../../network/inputs.ts';
import { pinTarget } from '../../network/score.ts';
import type { Input, Model } from '../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../network/types2.ts';
import { assertWidth } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { type Quadrature, type QuadratureRule, quadrature } from '../../numeric/quadrature.ts';
import { attributionOf, explain } from '../session.ts';
import { blurMatrix, blurSlope } from './blurMatrix.ts';
import { completenessGap } from './completenessGap.ts';
import { endpoint } from './endpoints.ts';
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
 * @throws {RangeError} if no input is an image, `maxSigma` is negative or `steps` < 1; else as {@link gradient}.
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
  const { maxSigma = 50, steps = 100, rule = 'left', sqrt = false } = options;
  assertWidth('maxSigma', maxSigma);
  const { sigmas, widths } = scalesOf(quadrature(rule, steps), (share) => maxSigma * (sqrt ? Math.sqrt(share) : share));
  return explain(model, x, options, async (session, options) => {
    const { network, inputs, scorer } = session;
    const images = inputs.flatMap(({ shape }, i) => (shape.length === 4 ? [i] : []));
    if (images.length === 0) {
      const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
      throw new RangeError(`"x" expected an image [n, h, w, c], got ${shapes}`);
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
