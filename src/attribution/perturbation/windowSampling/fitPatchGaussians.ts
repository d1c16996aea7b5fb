import type { Tensor } from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import { readArray } from '../../../network/walk/inputs.ts';
import { assertArray, assertFiniteArray } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { assertOptions, count, integer, type OptionChecks } from '../../../numeric/options.ts';
import { random } from '../../../numeric/random.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { perSide, rowsAndColumns } from '../hiding/alongAxes.ts';

/** How the patches of a picture are distributed, each channel for itself: plain data. */
export interface PatchGaussians {
  /** Rows and columns of a patch: of a window and its surroundings. */
  readonly patch: readonly [number, number];
  /** `[c, pixels]` */
  readonly mean: NdArray<Float64Array>;
  /** `[c, pixels, pixels]` */
  readonly covariance: NdArray<Float64Array>;
  /** The least value of each pixel in the data, `[h, w, c]`. */
  readonly low: NdArray;
  /** The greatest. */
  readonly high: NdArray;
}

/** What {@link fitPatchGaussians} fits. */
export interface PatchOptions {
  /** Rows and columns of a window, or one number for both; 10 by default. */
  readonly window?: number | readonly [number, number];
  /** The pixels around a window from which it is predicted; 2 by default. */
  readonly padding?: number;
  /** The number of patches that are drawn, or all there are where that is not more; 20 000 by default. */
  readonly samples?: number;
  /** Of the draws; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<PatchOptions> = {
  window: perSide,
  padding: integer(0),
  samples: count(2),
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
};

/**
 * Fits a normal distribution to the patches of a data set, for {@link predictionDifference}.
 *
 * Each channel has a mean $\mu$ and a covariance $\Sigma$ of its own. A window $w$ is then drawn, given what is around
 * it, $c$, with mean $\mu_w + \Sigma_{wc} \Sigma_{cc}^{-1} (c - \mu_c)$ and covariance
 * $\Sigma_{ww} - \Sigma_{wc} \Sigma_{cc}^{-1} \Sigma_{cw}$, clipped to what occurs in the data.
 *
 * Source: Zintgraf et al. 2017, "Visualizing deep neural network decisions: prediction difference analysis", §3.1.
 *
 * @param background pictures `[m, h, w, c]`, or the activations of a layer.
 * @param options `window`, `padding`, `samples`, `seed`.
 * @returns plain data, which can be kept and used for many calls.
 * @throws {VitrineError} if the background is no such array, or a window with its padding is larger than the pictures.
 * @example
 * ```ts
 * import { fitPatchGaussians, predictionDifference } from 'vitrine';
 * const background = await fitPatchGaussians(x, { window: 4, padding: 1 });
 * const { values } = await predictionDifference(model, x, { background, window: 4, padding: 1, samples: 2 });
 * ```
 */
export async function fitPatchGaussians(
  background: Tensor | NdArray,
  options: PatchOptions = {},
): Promise<PatchGaussians> {
  assertOptions(options, checks);
  const [given, { window = 10, padding = 2, samples = 20_000, seed = 0 }] = await owned(background, options);
  const data = await readArray(given, 'background');
  assertArray('background', data, [4]);
  assertFiniteArray('background', data);
  const [, height, width, channels] = data.shape as Shape;
  const patch = patchOf([height, width], { window, padding });
  const places = drawPlaces(data.shape as Shape, patch, { samples, seed });
  const pixels = patch[0] * patch[1];
  const mean = new Float64Array(channels * pixels);
  const covariance = new Float64Array(channels * pixels * pixels);
  for (let channel = 0; channel < channels; channel++) {
    const moments = await inSlices(
      momentsOf(places.length, (i) => patchAt(data, patch, { place: places[i] as Place, channel })),
    );
    mean.set(moments.mean, channel * pixels);
    covariance.set(moments.covariance, channel * pixels * pixels);
  }
  return {
    patch,
    mean: { shape: [channels, pixels], data: mean },
    covariance: { shape: [channels, pixels, pixels], data: covariance },
    low: await inSlices(overExamples(data, Math.min)),
    high: await inSlices(overExamples(data, Math.max)),
  };
}

type Shape = readonly [count: number, height: number, width: number, channels: number];

/** Rows and columns of a window with its surroundings. */
export function patchOf(
  plane: readonly [number, number],
  { window, padding }: Required<Pick<PatchOptions, 'window' | 'padding'>>,
): readonly [number, number] {
  const [rows, columns] = rowsAndColumns('window', window).map((side) => side + 2 * padding) as [number, number];
  if (rows <= plane[0] && columns <= plane[1]) return [rows, columns];
  throw new VitrineError(
    'bad-argument',
    `"window" expected to fit with its "padding" into ${plane.join(' × ')}, got ${rows} × ${columns} with a padding of ${padding}`,
  );
}

type Place = readonly [example: number, row: number, column: number];

/** The top left corners `[example, row, column]` of random patches, or of all where these are not more than asked for. */
function drawPlaces(
  [count, height, width]: Shape,
  [rows, columns]: readonly [number, number],
  { samples, seed }: { samples: number; seed: number },
): readonly Place[] {
  const [down, across] = [height - rows + 1, width - columns + 1];
  const total = count * down * across;
  const source = random(seed);
  const chosen = Array.from({ length: Math.min(samples, total) }, (_, i) =>
    total <= samples ? i : source.integer(total),
  );
  return chosen.map((i) => [Math.floor(i / (down * across)), Math.floor(i / across) % down, i % across]);
}

function patchAt(
  { shape, data }: NdArray,
  [rows, columns]: readonly [number, number],
  { place: [example, top, left], channel }: { place: Place; channel: number },
): Float64Array {
  const [, height, width, channels] = shape as Shape;
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const row = (example * height + top + Math.floor(i / columns)) * width + left + (i % columns);
    return data[row * channels + channel] as number;
  });
}

function* momentsOf(
  count: number,
  patch: (i: number) => Float64Array,
): Sliced<{ mean: Float64Array; covariance: Float64Array }> {
  const pixels = patch(0).length;
  const mean = new Float64Array(pixels);
  yield* forEachOf(count, 20 * pixels, (k) => {
    patch(k).forEach((value, i) => {
      mean[i]! += value / count;
    });
  });
  const covariance = new Float64Array(pixels * pixels);
  yield* forEachOf(count, 20 * pixels + pixels ** 2 / 2, (k) => {
    const gap = patch(k).map((value, i) => value - (mean[i] as number));
    for (let i = 0; i < pixels; i++) {
      const from = gap[i] as number;
      for (let j = 0; j <= i; j++) covariance[i * pixels + j]! += from * (gap[j] as number);
    }
  });
  for (let i = 0; i < pixels; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (covariance[i * pixels + j] as number) / Math.max(1, count - 1);
      covariance[i * pixels + j] = covariance[j * pixels + i] = value;
    }
  }
  return { mean, covariance };
}

function* overExamples({ shape, data }: NdArray, reduce: (a: number, b: number) => number): Sliced<NdArray> {
  const [count, ...example] = shape as [number, ...number[]];
  const size = data.length / count;
  const found = data.slice(0, size);
  yield* forEachOf(count - 1, 10 * size, (i) => {
    const start = (i + 1) * size;
    for (let k = 0; k < size; k++) found[k] = reduce(found[k] as number, data[start + k] as number);
  });
  return { shape: example, data: found };
}
