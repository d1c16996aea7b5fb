import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpenShape } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import { channelRegion, type OperationSource, wholeRegion } from '../operations/base.ts';
import { permute, reshape } from '../operations/shape.ts';
import { assertNoBatchAxis, axesOf, openSize } from './openShapes.ts';
import type { FunctionCall, TensorFunction } from './tensorFunction.ts';

/** Which axes are reduced (all but the batch axis by default), and whether they stay with length 1. */
export interface Reduction {
  readonly axes?: readonly number[];
  readonly keepDims?: boolean;
}

/** How the engine reduces rows and columns; `lengths` are theirs. */
export type Pool = (
  source: OperationSource,
  channels: number | null,
  lengths: OpenShape,
) => readonly Operation[] | undefined;

interface Reducing {
  readonly options: Reduction;
  readonly pool?: Pool;
}

type Reduce = (x: Tensor, axes: number[], keepDims: boolean) => Tensor;

/** A function that reduces axes; `pool` is what the engine has for rows and columns. */
export function reduction(
  name: string,
  reduce: Reduce,
  { options: { axes: given, keepDims = false }, pool }: Reducing,
): TensorFunction {
  const axesIn = (shape: readonly unknown[]): readonly number[] => {
    const axes = axesOf(given, shape.length);
    assertNoBatchAxis(axes, name);
    return axes;
  };
  const alongChannels = ([shape = []]: readonly (readonly unknown[])[]): boolean =>
    axesIn(shape).every((axis) => axis === shape.length - 1);
  return {
    applied: { name, numbers: { keepDims: Number(keepDims), ...Object.fromEntries(given?.entries() ?? []) } },
    apply: ([x]) => [reduce(x as Tensor, [...axesIn((x as Tensor).shape)], keepDims)],
    shapes: ([shape = []]) => [reducedShape(shape, axesIn(shape), keepDims)],
    region: (output, shapes) => (alongChannels(shapes) && keepDims ? channelRegion : wholeRegion)(output, shapes),
    lower: (call) => pool && lowered(pool, call, { axesIn, keepDims }),
  };
}

function reducedShape(shape: OpenShape, axes: readonly number[], keepDims: boolean): OpenShape {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Rows and columns are reduced by a global pooling, a sequence as a picture of one row, a volume as one of one column. */
function lowered(
  pool: Pool,
  { source, operands: [value] }: FunctionCall,
  { axesIn, keepDims }: { axesIn: (shape: OpenShape) => readonly number[]; keepDims: boolean },
): readonly Operation[] | undefined {
  const shape = value?.shape ?? [];
  const axes = axesIn(shape);
  const layout = layouts.find(({ rank, reduced }) => shape.length === rank && String(axes) === String(reduced));
  if (!layout) return undefined;
  const channels = shape[layout.channels] ?? null;
  const operations = pool(
    source,
    channels,
    axes.map((axis) => shape[axis] ?? null),
  );
  const kept = shape.slice(1).map((length, axis) => (axes.includes(axis + 1) ? 1 : (length ?? -1)));
  return operations && [...layout.before(source, shape), ...operations, ...(keepDims ? [reshape(source, kept)] : [])];
}

interface Layout {
  readonly rank: number;
  readonly reduced: readonly number[];
  readonly channels: number;
  /** What brings a value to rows, columns and channels. */
  readonly before: (source: OperationSource, shape: OpenShape) => readonly Operation[];
}

const layouts: readonly Layout[] = [
  { rank: 4, reduced: [1, 2], channels: 3, before: () => [] },
  { rank: 4, reduced: [2, 3], channels: 1, before: (source) => [permute(source, [0, 2, 3, 1])] },
  {
    rank: 3,
    reduced: [1],
    channels: 2,
    before: (source, [, length, features]) => [reshape(source, [1, length ?? -1, features ?? -1])],
  },
  {
    rank: 5,
    reduced: [1, 2, 3],
    channels: 4,
    before: (source, shape) => [reshape(source, [openSize(shape.slice(1, 4)) ?? -1, 1, shape[4] ?? -1])],
  },
];
