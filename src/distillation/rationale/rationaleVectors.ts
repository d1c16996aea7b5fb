import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { norm } from '../../numeric/linear/vectors.ts';
import { type NdArray, sameShape, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import { object } from '../../numeric/options.ts';
import { type NumberList, vectorOf } from '../vectorOf.ts';

/** What a layer answered to images, and what a score made of it. */
export interface LayerResponses {
  /** The outputs of the layer, after its activation, `[n, h, w, d]`, or `[n, d]` of a dense layer. */
  readonly responses: NdArray<TypedArray>;
  /** The gradients of the score with respect to them, in the same shape. */
  readonly gradients: NdArray<TypedArray>;
  /** The score of each image before any softmax or sigmoid, `[n]`. */
  readonly outputs: NumberList;
  /** The mean response of each filter, `[d]`, of the images a tree was grown from; of these images by default. */
  readonly meanResponses?: NumberList;
}

/** Images as one linear model each, $y = g^T x + b$ with a gradient of unit length. */
export interface RationaleVectors {
  /** x, `[n, d]`: the sum of each filter's responses over its mean response. */
  readonly responses: NdArray<Float64Array>;
  /** g, `[n, d]`, of unit length: what speaks for and against. */
  readonly rationales: NdArray<Float64Array>;
  /** y, `[n]`: the scores over the length that the gradient had. */
  readonly outputs: Float64Array;
  /** b, `[n]`. */
  readonly biases: Float64Array;
  /** The lengths that the gradients had, `[n]`: an output times its length is the score. */
  readonly lengths: Float64Array;
  /** The mean response of each filter, `[d]`; 0 for one that never answers, which counts for nothing. */
  readonly meanResponses: Float64Array;
}

/**
 * Writes the responses of a layer and the gradient there as one vector of filters for each image.
 *
 * $$s_d = \frac{1}{n L^2} \sum_{i, h, w} x_i^{(h, w, d)}, \quad x_i^{(d)} = \frac{1}{s_d} \sum_{h, w} x_i^{(h, w, d)},
 * \quad g_i^{(d)} = \frac{s_d}{L^2} \sum_{h, w} \frac{\partial y_i}{\partial x^{(h, w, d)}}$$
 *
 * for $L^2$ positions; then of each image g and y are divided by $\|g\|$ and $b = y - g^T x$. That loses nothing where the
 * gradient of a filter is the same at all positions. A filter that never answers, $s_d = 0$, gets zeros.
 *
 * Source: Zhang, Yang, Ma and Wu 2019, "Interpreting CNNs via decision trees", §3.
 *
 * @param layer `responses`, `gradients`, `outputs`; for images that shall be read by a grown tree also its `meanResponses`.
 * @returns `responses` and `rationales` `[n, d]`, `outputs`, `biases`, `lengths` `[n]`, `meanResponses` `[d]`.
 * @throws {VitrineError} if shapes differ, a number is not finite, or an image's gradient is zero, so that it has no
 * rationale; the message names the image.
 * @example
 * ```ts
 * import { rationaleVectors } from 'vitrine';
 * const { responses, rationales, biases } = rationaleVectors({
 *   responses: { shape: [2, 1, 2, 2], data: Float32Array.of(1, 0, 2, 1, 0, 3, 1, 2) },
 *   gradients: { shape: [2, 1, 2, 2], data: Float32Array.of(1, 0, 1, 0, 0, 2, 0, 2) },
 *   outputs: [3, 10],
 * });
 * console.log(responses.data, rationales.data, biases); // 3, 0.67, 1, 3.33; 1, 0, 0, 1; 0, 0
 * ```
 */
export function rationaleVectors(layer: LayerResponses): RationaleVectors {
  object('layer', layer);
  const { responses, gradients, outputs, meanResponses } = layer;
  assertArray('responses', responses, [2, 4]);
  assertArray('gradients', gradients, [2, 4]);
  if (!sameShape(responses.shape, gradients.shape)) {
    throw new VitrineError(
      'bad-shape',
      `"gradients" expected shape [${responses.shape.join(', ')}], got [${gradients.shape.join(', ')}]`,
    );
  }
  assertFiniteArray('responses', responses);
  assertFiniteArray('gradients', gradients);
  const [count, filters] = [responses.shape[0] as number, responses.shape.at(-1) as number];
  return vectorsOf({
    responses: positionSums(responses),
    gradients: positionSums(gradients),
    outputs: vectorOf('outputs', outputs, count),
    positions: sizeOf(responses.shape.slice(1, -1)),
    meanResponses: meanResponses === undefined ? undefined : vectorOf('meanResponses', meanResponses, filters),
  });
}

/** Responses and gradients that have been summed over positions, `[n, d]`. */
export interface SummedResponses {
  readonly responses: NdArray<Float64Array>;
  readonly gradients: NdArray<Float64Array>;
  readonly outputs: Float64Array;
  readonly positions: number;
  readonly meanResponses: Float64Array | undefined;
  /** What images are called in messages, where that is not their place. */
  readonly names?: readonly number[];
}

/** The vectors of responses and gradients that have been summed over positions. */
export function vectorsOf({ names, ...sums }: SummedResponses): RationaleVectors {
  const { responses, gradients, outputs, positions, meanResponses } = sums;
  const [count, filters] = responses.shape as [number, number];
  const means = meanResponses ?? filterMeans(responses, positions);
  const x = responses.data.map((sum, i) => (means[i % filters] === 0 ? 0 : sum / (means[i % filters] as number)));
  const g = gradients.data.map((sum, i) => ((means[i % filters] as number) / positions) * sum);
  const lengths = new Float64Array(count);
  const biases = new Float64Array(count);
  const scaled = new Float64Array(count);
  for (let image = 0; image < count; image++) {
    const rationale = g.subarray(image * filters, (image + 1) * filters);
    const length = norm(rationale);
    if (!(length > 0)) {
      const found = length === 0 ? 'zero for all filters' : length;
      throw new VitrineError(
        'bad-argument',
        `"gradients" expected a rationale of each image, got ${found} of image ${names?.[image] ?? image}`,
      );
    }
    lengths[image] = length;
    scaled[image] = (outputs[image] as number) / length;
    let bias = scaled[image] as number;
    for (let d = 0; d < filters; d++) {
      rationale[d] = (rationale[d] as number) / length;
      bias -= (rationale[d] as number) * (x[image * filters + d] as number);
    }
    biases[image] = bias;
  }
  const shape = [count, filters];
  return {
    responses: { shape, data: x },
    rationales: { shape, data: g },
    outputs: scaled,
    biases,
    lengths,
    meanResponses: means,
  };
}

function positionSums({ shape, data }: NdArray<TypedArray>): NdArray<Float64Array> {
  const [count, filters] = [shape[0] as number, shape.at(-1) as number];
  const perImage = data.length / count;
  const sums = new Float64Array(count * filters);
  for (let i = 0; i < data.length; i++) {
    const place = Math.floor(i / perImage) * filters + (i % filters);
    sums[place] = (sums[place] as number) + (data[i] as number);
  }
  return { shape: [count, filters], data: sums };
}

function filterMeans({ shape, data }: NdArray<Float64Array>, positions: number): Float64Array {
  const [count, filters] = shape as [number, number];
  const means = new Float64Array(filters);
  for (let i = 0; i < data.length; i++) means[i % filters] = (means[i % filters] as number) + (data[i] as number);
  return means.map((sum) => sum / (count * positions));
}
