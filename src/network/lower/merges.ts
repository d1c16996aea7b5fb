import type { Layer } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { concatenate } from '../operations/concatenate.ts';
import { add, average, maximum, minimum, multiply } from '../operations/merge.ts';
import type { Lowering } from './lowering.ts';

const merging =
  (make: (source: OperationSource) => Operation): Lowering =>
  (_layer, { source }) => [make(source)];

export const lowerAdd: Lowering = merging(add);
export const lowerMultiply: Lowering = merging(multiply);
export const lowerAverage: Lowering = merging(average);
export const lowerMaximum: Lowering = merging(maximum);
export const lowerMinimum: Lowering = merging(minimum);

export const lowerConcatenate: Lowering<Layer & { axis: number }> = ({ axis }, { source, inputShapes }) => [
  // tfjs-layers tells the shape for this axis too, but takes every negative one for the last.
  concatenate(source, axis < 0 ? (inputShapes[0]?.length ?? 0) + axis : axis),
];
