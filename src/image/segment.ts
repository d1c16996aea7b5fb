import { assertFiniteArray, assertInteger, assertNumber, describe } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertPicture, isPicture } from './checkPicture.ts';
import { type Planes, planesOf } from './planes.ts';
import { assertLabels } from './segmentation/assertLabels.ts';
import { felzenszwalbLabels } from './segmentation/felzenszwalbLabels.ts';
import { gridLabels } from './segmentation/gridLabels.ts';
import { type UnitPlane, unitPlane } from './segmentation/plane.ts';
import { quickshiftLabels } from './segmentation/quickshiftLabels.ts';
import { slicLabels } from './segmentation/slicLabels.ts';
import type { MapArray, Picture, Segments } from './types.ts';

/**
 * Divides a picture, or each image of an array, into segments.
 *
 * `{ grid }` gives that many cells along each side, at most one per pixel; `{ slic }` about that many superpixels (Achanta et al. 2012, with
 * `compactness` 10); `{ felzenszwalb }` segments by their inner differences, the larger the number the larger they are
 * (Felzenszwalb and Huttenlocher 2004, with `sigma` 0.8 and `minSize` 20); `{ quickshift }` trees of pixels cut where a
 * link is longer than that (Vedaldi and Soatto 2008, with `kernelSize` 4 and `ratio` 0.2). Colours are those of the
 * picture; each image of an array is brought from its own range to 0 … 1, and its channels are colours if there are three.
 * Nothing is random.
 *
 * @param source a picture, or an array `[h, w]`, `[n, h, w]` or `[n, h, w, c]`.
 * @param segments how to divide it, or a label map `[h, w]` or `[n, h, w]` of your own, which is checked.
 * @returns labels 0 … s − 1 of each image, all of which occur: `[h, w]` of a picture, else `[n, h, w]`.
 * @throws TypeError or RangeError if the source or an option is not as described, or a label map has another size, gaps
 * or negative labels.
 * @example
 * ```ts
 * import { segment } from 'vitrine';
 * const superpixels = segment(picture, { slic: 20 }); // [24, 32]
 * const cells = segment(x, { grid: 4 }); // [2, 16, 16]
 * ```
 */
export function segment(source: Picture | MapArray, segments: Segments): NdArray<Int32Array> {
  if (isPicture(source)) {
    assertPicture('source', source);
    const { height, width } = source;
    const planes = { count: 1, height, width, channels: 3 };
    return { shape: [height, width], data: labelsOf(planes, () => colorsOf(source), segments) };
  }
  const planes = planesOf('source', source);
  assertFiniteArray('source', source);
  const { count, height, width, channels } = planes;
  const size = height * width * channels;
  const imageAt = (i: number): UnitPlane =>
    unitPlane(source.data.subarray(i * size, (i + 1) * size), { height, width, channels });
  return { shape: [count, height, width], data: labelsOf(planes, imageAt, segments) };
}

function colorsOf({ height, width, data }: Picture): UnitPlane {
  const colors = data.filter((_, i) => i % 4 !== 3);
  return unitPlane(colors, { height, width, channels: 3 }, [0, 255]);
}

function labelsOf(planes: Planes, imageAt: (i: number) => UnitPlane, segments: Segments): Int32Array {
  if (typeof segments === 'object' && segments !== null && 'data' in segments) return assertLabels(segments, planes);
  const { count, height, width } = planes;
  const divide = divisionBy(segments);
  const labels = new Int32Array(count * height * width);
  for (let i = 0; i < count; i++) labels.set(divide(imageAt(i)), i * height * width);
  return labels;
}

function divisionBy(segments: Exclude<Segments, NdArray<Int32Array>>): (image: UnitPlane) => Int32Array {
  if (typeof segments === 'object' && segments !== null) {
    if ('grid' in segments) {
      const { grid } = segments;
      assertInteger('segments.grid', grid, [1, Number.POSITIVE_INFINITY]);
      return ({ height, width }) => gridLabels(height, width, grid);
    }
    if ('slic' in segments) {
      const { slic: count, compactness = 10 } = segments;
      assertInteger('segments.slic', count, [1, Number.POSITIVE_INFINITY]);
      assertNumber('segments.compactness', compactness, 0);
      return (image) => slicLabels(image, { count, compactness });
    }
    if ('felzenszwalb' in segments) {
      const { felzenszwalb: scale, sigma = 0.8, minSize = 20 } = segments;
      assertNumber('segments.felzenszwalb', scale, 0);
      assertNumber('segments.sigma', sigma, 0);
      assertInteger('segments.minSize', minSize, [0, Number.POSITIVE_INFINITY]);
      return (image) => felzenszwalbLabels(image, { scale, sigma, minSize });
    }
    if ('quickshift' in segments) {
      const { quickshift: maxDistance, kernelSize = 4, ratio = 0.2 } = segments;
      assertNumber('segments.quickshift', maxDistance, 0);
      assertNumber('segments.kernelSize', kernelSize, 1e-3);
      assertNumber('segments.ratio', ratio, 0);
      return (image) => quickshiftLabels(image, { maxDistance, kernelSize, ratio });
    }
  }
  throw new TypeError(
    `"segments" expected labels, {grid}, {slic}, {felzenszwalb} or {quickshift}, got ${describe(segments)}`,
  );
}
