import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { pad } from '../../backend/portable.ts';
import { shiftRegion } from '../fields/region.ts';
import type { Operation, OperationRegion } from '../graph/operation.ts';
import {
  describeOperation,
  type OperationSource,
  only,
  onlyShape,
  pointwise,
  wholeRegion,
  withoutParameters,
} from './base.ts';

/** A box of the values; `begin` and `size` leave out the batch axis, and a size of -1 goes to the end. */
export function slice(source: OperationSource, begin: readonly number[], size: readonly number[]): Operation {
  const cut = (x: Tensor, from: readonly number[], to: readonly number[]): Tensor =>
    tf.slice(x, [0, ...from], [x.shape[0] as number, ...to]);
  return withoutParameters({
    ...describeOperation('slice', source),
    forward: (inputs) => cut(only({ inputs }), begin, size),
    // Rows and columns of a part are those of its region.
    partial: pointwise((inputs) => cut(only({ inputs }), [0, 0, begin[2] ?? 0], [-1, -1, size[2] ?? -1])),
    pullback: (cotangent, io) => [pad(cotangent, marginsOf(cotangent.shape, { begin, whole: onlyShape(io) }))],
    region: (output, inputShapes) =>
      begin.length === 3 ? [planeRegion(output, begin)] : wholeRegion(output, inputShapes),
  });
}

function planeRegion(output: OperationRegion, [rows, columns]: readonly number[]): OperationRegion {
  return shiftRegion(output, rows as number, columns as number);
}

/** What lies before and after a box in the whole. */
function marginsOf(
  box: readonly number[],
  { begin, whole }: { begin: readonly number[]; whole: readonly number[] },
): [number, number][] {
  const first = [0, ...begin];
  return whole.map((length, axis) => {
    const before = first[axis] as number;
    return [before, length - before - (box[axis] as number)];
  });
}
