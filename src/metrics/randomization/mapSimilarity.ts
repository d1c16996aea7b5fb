import type { MapArray } from '../../image/types.ts';
import { assertArray } from '../../numeric/check.ts';
import { cosine, pearson, spearman } from '../../numeric/correlation.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { ssim } from '../../numeric/ssim.ts';
import type { Attribution } from '../../scoring/types.ts';
import { arrayOf, isAttribution } from '../givenMap.ts';
import type { GivenMap, MetricResult } from '../types.ts';

/** How two maps are compared. */
export interface SimilarityOptions {
  /**
   * `'spearman'` (default): correlation of ranks, ties averaged; `'pearson'`; `'cosine'`; `'ssim'`: mean structural
   * similarity over Gaussian windows of 11 × 11, averaged over channels, in volumes over planes.
   */
  readonly similarity?: 'spearman' | 'pearson' | 'cosine' | 'ssim';
  /** For `'ssim'`: the greatest difference two values can have; by default that of all values in both maps. */
  readonly dataRange?: number;
}

/** Checks of {@link SimilarityOptions}. */
export const similarityChecks: OptionChecks<SimilarityOptions> = {
  similarity: oneOf(['spearman', 'pearson', 'cosine', 'ssim']),
  dataRange: number(0),
};

/**
 * How alike two maps are, example by example and with their signs.
 *
 * Spearman's or Pearson's correlation, the cosine $a \cdot b / (\lVert a \rVert \lVert b \rVert)$, or the mean
 * structural similarity.
 *
 * Source: Adebayo et al. 2018, "Sanity checks for saliency maps", §4; for `'ssim'` Wang et al. 2004, "Image quality
 * assessment: from error visibility to structural similarity", Eq. (13).
 *
 * @param map an attribution or its map, `[n, …]`, or one map `[h, w]`.
 * @param other of the same shape.
 * @param options `similarity`, `dataRange`.
 * @returns from −1 to 1 per example; NaN for a constant map, for `'cosine'` only for one of zeros.
 * @throws {VitrineError} if the shapes differ, or a map is too small for `'ssim'`.
 * @example
 * ```ts
 * import { gradCam, layerCam, mapSimilarity } from 'vitrine';
 * const { score } = mapSimilarity(await gradCam(model, x), await layerCam(model, x));
 * ```
 */
export function mapSimilarity(map: GivenMap, other: GivenMap, options: SimilarityOptions = {}): MetricResult {
  assertOptions(options, similarityChecks);
  const { similarity = 'spearman' } = options;
  const [a, b] = [arrayOf('map', map), arrayOf('other', other)];
  if (!sameShape(a.shape, b.shape)) {
    throw new VitrineError(
      'bad-shape',
      `"other" expected the shape of the map, [${a.shape.join(', ')}], got [${b.shape.join(', ')}]`,
    );
  }
  const shape = a.shape.length <= 2 ? [1, ...a.shape] : a.shape;
  const [count, ...example] = shape as readonly [number, ...number[]];
  const size = a.data.length / count;
  const axes = axesOf(example, isAttribution(map) ? map.layout : undefined);
  const compare = similarity === 'ssim' ? ssimOver(axes, options) : { spearman, pearson, cosine }[similarity];
  const score = Float32Array.from({ length: count }, (_, i) =>
    compare(a.data.subarray(i * size, (i + 1) * size), b.data.subarray(i * size, (i + 1) * size)),
  );
  return { metric: similarity, score, higherIsBetter: true };
}

type Compare = (a: MapArray['data'], b: MapArray['data']) => number;

/** SSIM of each channel, in volumes of each plane, averaged. */
function ssimOver(
  [depth, height, width, channels]: Axes,
  { dataRange }: Pick<SimilarityOptions, 'dataRange'>,
): Compare {
  return (a, b) => {
    const size = height * width * channels;
    const planes = Array.from({ length: depth * channels }, (_, i) => {
      const start = Math.floor(i / channels) * size;
      const plane = (values: MapArray['data']): MapArray['data'] =>
        values.subarray(start, start + size).filter((_value, k) => k % channels === i % channels);
      return ssim({ a: plane(a), b: plane(b), height, width }, { dataRange });
    });
    return planes.reduce((sum, value) => sum + value, 0) / planes.length;
  };
}

type Axes = readonly [depth: number, height: number, width: number, channels: number];

/** The axes of an example: those of a picture are one plane. */
function axesOf(example: readonly number[], layout: Attribution['layout']): Axes {
  if (layout === 'ndhw') return [...example, 1] as unknown as Axes;
  if (example.length > 3) return example as unknown as Axes;
  const [height = 1, width = 1, channels = 1] = example;
  return [1, height, width, channels];
}

/** What is compared of a map. */
export function prepared(map: NdArray, prepare: ((map: NdArray) => NdArray) | undefined): NdArray {
  if (!prepare) return map;
  const made = prepare(map);
  assertArray('prepare', made, [1, 2, 3, 4, 5, 6]);
  return made;
}
