import type { NdArray } from '../numeric/ndarray.ts';
import { atOnce } from '../numeric/sliced.ts';
import { segmenting } from './segmentation/segmenting.ts';
import type { MapArray, Picture, Segments } from './types.ts';

/**
 * Divides a picture, each image or each volume of an array, into segments.
 *
 * `{ grid }` gives that many cells along each side, at most one per pixel; `{ slic }` about that many superpixels (Achanta et al. 2012, with
 * `compactness` 10); `{ felzenszwalb }` segments by their inner differences, the larger the number the larger they are
 * (Felzenszwalb and Huttenlocher 2004, with `sigma` 0.8 and `minSize` 20); `{ quickshift }` trees of pixels cut where a
 * link is longer than that (Vedaldi and Soatto 2008, with `kernelSize` 4 and `ratio` 0.2). Colours are those of the
 * picture; each image of an array is brought from its own range to 0 … 1, and its channels are colours if there are three.
 * Volumes are divided by `{ grid }`, by `{ slic }` into supervoxels, as if voxels were cubes, or by labels of your own.
 * Nothing is random.
 *
 * @param source a picture, an array `[h, w]`, `[n, h, w]` or `[n, h, w, c]`, or volumes `[n, d, h, w, c]`.
 * @param segments how to divide it, or a label map `[h, w]` or `[n, h, w]` (of volumes `[d, h, w]` or `[n, d, h, w]`) of
 * your own, which is checked. By default `{ quickshift: 200 }` where a side has 224 pixels or more, `{ slic: 50 }` of
 * smaller pictures, and `{ grid: 4 }` of volumes, 64 boxes.
 * @returns labels 0 … s − 1 of each image, all of which occur: `[h, w]` of a picture, else `[n, h, w]` or `[n, d, h, w]`.
 * @throws {VitrineError} if the source or an option is not as described, or a label map has another size, gaps
 * or negative labels.
 * @example
 * ```ts
 * import { segment } from 'vitrine';
 * const superpixels = segment(picture, { slic: 20 }); // [24, 32]
 * const cells = segment(x, { grid: 4 }); // [2, 16, 16]
 * ```
 */
export function segment(source: Picture | MapArray, segments?: Segments): NdArray<Int32Array> {
  return atOnce(segmenting(source, segments));
}
