import { resize } from '../../../image/resize.ts';
import { segmenting } from '../../../image/segmentation/segmenting.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Sliced } from '../../../numeric/sliced.ts';

// Of the paper's code, which counts colours from −1 to 1 in 255 parts, twice as far as `segment` does.
const scales = [50, 100, 150, 250, 500, 1200].map((scale) => scale / 2);
const side = 224;

/** Segments of one image `[1, h, w, c]` at six scales, found at the size that the scales are for. */
export function* segmentsAtSixScales(image: NdArray): Sliced<readonly Int32Array[]> {
  const [, height, width] = image.shape as [number, number, number];
  const resized = resize(image, side, { antialias: true });
  yield 50 * side ** 2;
  const found: Int32Array[] = [];
  for (const felzenszwalb of scales) {
    const { data } = yield* segmenting(resized, { felzenszwalb, sigma: 0.8, minSize: 150 });
    found.push(nearest(data, { height, width }));
    yield 10 * height * width;
  }
  return found;
}

/** Labels have nothing in between: each pixel gets the one at its centre. */
function nearest(labels: Int32Array, { height, width }: { height: number; width: number }): Int32Array {
  const at = (i: number, length: number): number => Math.floor(((i + 0.5) * side) / length);
  return Int32Array.from(
    { length: height * width },
    (_, pixel) => labels[at(Math.floor(pixel / width), height) * side + at(pixel % width, width)] as number,
  );
}
