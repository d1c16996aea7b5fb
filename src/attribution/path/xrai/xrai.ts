import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import { example } from '../../../image/maps/example.ts';
import { segmenting } from '../../../image/segmentation/segmenting.ts';
import type { Segments } from '../../../image/types.ts';
import type { Input, Model } from '../../../network/types.ts';
import { assertWidth } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { callback, integer, kind, type OptionChecks, oneOf } from '../../../numeric/options.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { type ImageInput, type InputOption, imageInput } from '../../../scoring/placedInput.ts';
import { explain } from '../../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import { assertAttribution } from '../../assertAttribution.ts';
import { integratedGradients } from '../integratedGradients.ts';
import { segmentsAtSixScales } from './segmentsAtSixScales.ts';
import { rankRegions } from './xraiRanking.ts';
import { type Region, regionsOf } from './xraiRegions.ts';

/** What {@link xrai} sums up, and over what. */
export interface XraiOptions extends InputOption {
  /**
   * The attribution of pixels, by any method; by default the mean of integrated gradients from black and from white
   * (each example's least and greatest value), 100 steps each.
   */
  readonly base?: (model: Model, x: Input, options: ExplainOptions) => Promise<Attribution>;
  /** One or more divisions of the image; by default six scales of Felzenszwalb and Huttenlocher's. */
  readonly segments?: Segments | readonly Segments[];
  /** How many pixels segments grow by; by default none if they are given, else 5 of 224. */
  readonly dilation?: number;
  /**
   * `'full'` (by default) takes the region next that adds the most per pixel; `'fast'` orders the regions once, by their own
   * means.
   */
  readonly ranking?: 'full' | 'fast';
}

const checks: OptionChecks<ExplainOptions & XraiOptions> = {
  ...explainChecks,
  base: callback,
  segments: kind('a division of the image or a list of them', isDivision),
  dilation: (argument, value) => assertWidth(argument, value as number),
  ranking: oneOf(['full', 'fast']),
  input: integer(0),
};

/** What {@link xrai} returns. */
export interface XraiAttribution extends Attribution {
  /** For each pixel the rank of its region, `[n, h, w]`: 0 for the region with the greatest mean. */
  readonly ranks: NdArray<Int32Array>;
}

/**
 * XRAI: the attribution of whole regions.
 *
 * The image is divided at several scales into overlapping regions. Again and again the region is taken whose pixels
 * that are not yet covered have the greatest mean attribution (channels brought together by their maximum), and that
 * mean is given to them, $R_p = \frac{1}{|U|} \sum_{i \in U} A_i$ for all $p$ of the pixels $U$ that it adds; what no
 * region covers forms one more. The total of the attribution that it starts from is kept. Sizes are those of the
 * paper's code for 224 × 224 pixels, and in proportion elsewhere.
 *
 * Source: Kapishnikov et al. 2019, "XRAI: better attributions through regions", Algorithm 1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]`, an image.
 * @param options `base`, `segments`, `dilation`, `ranking`, `input`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, the same number in every pixel of a region, and the `ranks` of the regions.
 * @throws {VitrineError} if x is no image, or the segments or the map of `base` do not fit it; else as
 * {@link integratedGradients}.
 * @example
 * ```ts
 * import { gradientTimesInput, xrai } from 'vitrine';
 * const { values, ranks } = await xrai(model, x, { base: gradientTimesInput, segments: { slic: 12 } });
 * ```
 */
export async function xrai(
  model: Model,
  x: Input,
  options: ExplainOptions & XraiOptions = {},
): Promise<XraiAttribution> {
  return explain(model, x, options, { checks }, async ({ network, inputs, count }, own) => {
    const { base, segments, dilation, ranking = 'full', input, ...run } = own;
    const image = imageInput({ inputs }, input);
    const [height, width] = image.plane;
    const size = height * width;
    const regions: (readonly Region[])[] = [];
    const eachExample = async (stage: string, job: (i: number) => Sliced<void>): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await inSlices(job(i), run);
        run.onProgress?.({ stage, done: i + 1, total: count });
      }
      run.signal?.throwIfAborted();
    };

    await eachExample('segments', function* (i) {
      const pixels = inputs[image.index] as NdArray;
      regions.push(yield* divided(pixels, i, { segments, dilation }));
    });
    const explainer = base ?? fromBlackAndWhite(image.index, inputs.length);
    const attribution: unknown = await explainer(network, inputs, run);
    assertAttribution('base', attribution);
    const saliency = saliencyOf(attribution, image, count);
    const values = new Float32Array(count * size);
    const ranks = new Int32Array(count * size);
    await eachExample('xrai', function* (i) {
      const found = yield* rankRegions(saliency.subarray(i * size, (i + 1) * size), regions[i] as readonly Region[], {
        ranking,
        least: (50 * size) / 224 ** 2,
      });
      values.set(found.values, i * size);
      ranks.set(found.ranks, i * size);
    });
    const { score, target, explained } = attribution;
    const shape = [count, height, width];
    return { values: { shape, data: values }, method: 'xrai', target, score, explained, ranks: { shape, data: ranks } };
  });
}

function isDivision(value: unknown): boolean {
  const isOne = (each: unknown): boolean => typeof each === 'object' && each !== null && !Array.isArray(each);
  return Array.isArray(value) ? value.length > 0 && value.every(isOne) : isOne(value);
}

/** The regions of one example, of all divisions together. */
function* divided(
  images: NdArray,
  i: number,
  { segments, dilation }: { segments: XraiOptions['segments'] | undefined; dilation: number | undefined },
): Sliced<readonly Region[]> {
  const [count, height, width] = images.shape as [number, number, number];
  const image = example(images, i);
  const list = segments === undefined || isList(segments) ? segments : [segments];
  const divisions = list ? yield* segmentsOf(image, list, { i, count }) : yield* segmentsAtSixScales(image);
  const radius = dilation ?? (list ? 0 : Math.round((5 * Math.sqrt(height * width)) / 224));
  const regions: (readonly Region[])[] = [];
  for (const labels of divisions) regions.push(yield* regionsOf(labels, { height, width, radius }));
  return regions.flat();
}

function* segmentsOf(
  image: NdArray,
  list: readonly Segments[],
  { i, count }: { readonly i: number; readonly count: number },
): Sliced<readonly Int32Array[]> {
  const found: Int32Array[] = [];
  for (const kind of list) {
    found.push((yield* segmenting(image, 'data' in kind ? labelsOf(kind, i, count) : kind)).data);
  }
  return found;
}

function isList(segments: Segments | readonly Segments[]): segments is readonly Segments[] {
  return Array.isArray(segments);
}

/** The map of one example, where a label map has one for each. */
function labelsOf(labels: NdArray<Int32Array>, i: number, count: number): NdArray<Int32Array> {
  return labels.shape.length === 3 && labels.shape[0] === count ? example(labels, i) : labels;
}

/** The greatest value of the channels at each pixel. */
function saliencyOf(
  { values, inputs = [values] }: Attribution,
  { index, plane }: ImageInput,
  count: number,
): Float32Array {
  const { shape, data } = inputs[index] ?? values;
  const expected = [count, ...plane];
  if (shape.length < 3 || shape.length > 4 || !expected.every((length, axis) => shape[axis] === length)) {
    throw new VitrineError(
      'bad-shape',
      `"base" expected a map of shape [${expected.join(', ')}], got [${shape.join(', ')}]`,
    );
  }
  const channels = shape[3] ?? 1;
  return Float32Array.from({ length: data.length / channels }, (_, i) =>
    data.subarray(i * channels, (i + 1) * channels).reduce((most, value) => Math.max(most, value)),
  );
}

/** Integrated gradients from an image of each example's least value and from one of its greatest, averaged. */
function fromBlackAndWhite(index: number, inputCount: number): NonNullable<XraiOptions['base']> {
  return async (model, x, options) => {
    const from = (flat: (image: Tensor) => Tensor): Promise<Attribution> => {
      // Other inputs stay as they are, so that all of the change is the image's.
      const baseline = Array.from({ length: inputCount }, (_, i) => (i === index ? flat : tf.clone));
      return integratedGradients(model, x, { ...options, baseline, steps: 100 });
    };
    const black = await from((image) => tf.mul(tf.onesLike(image), tf.min(image)));
    const white = await from((image) => tf.mul(tf.onesLike(image), tf.max(image)));
    const mean = (one: NdArray, other: NdArray | undefined): NdArray => ({
      shape: one.shape,
      data: one.data.map((value, i) => (value + (other?.data[i] as number)) / 2),
    });
    return {
      ...black,
      values: mean(black.values, white.values),
      ...(black.inputs && { inputs: black.inputs.map((map, i) => mean(map, white.inputs?.[i])) }),
    };
  };
}
