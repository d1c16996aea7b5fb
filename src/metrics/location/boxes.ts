import { assertFiniteArray } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertShape } from './locationData.ts';

/** Edges `[n, 4]` in pixels: top, left, bottom, right. Pixel i reaches from i − 0.5 to i + 0.5. */
export type Boxes = NdArray<Float32Array | Float64Array>;

/** One box of several. */
export type Box = readonly [top: number, left: number, bottom: number, right: number];

/** The boxes one by one; refuses those with an edge before the opposite one. */
export function boxesOf(argument: string, boxes: Boxes, count: number): readonly Box[] {
  assertShape(argument, boxes, [count, 4]);
  assertFiniteArray(argument, boxes);
  return Array.from({ length: count }, (_, i) => {
    const box = Array.from(boxes.data.subarray(4 * i, 4 * i + 4)) as unknown as Box;
    if (box[0] <= box[2] && box[1] <= box[3]) return box;
    throw new RangeError(`"${argument}" expected [top, left, bottom, right], got [${box.join(', ')}] at ${i}`);
  });
}
