import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { cropRegions, type Patch, type Position } from '../../backend/kernels/cropRegions.ts';
import type { Site } from '../graph/graph.ts';
import type { FusedActivation, OperationRegion, PartialForward } from '../graph/operation.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { Values } from '../walk/forward.ts';
import { type Change, isPatch, wholeRows } from './change.ts';
import { type Reading, reachedBy, type Span } from './reading.ts';
import { type Rectangle, type Windows, windowsAround } from './windows.ts';

/** A step of a base run, and how its output depends on its inputs where they have rows and columns. */
export interface BaseStep extends PlannedStep {
  readonly inputShapes: readonly (readonly number[])[];
  readonly readings: readonly (Reading | 'all')[];
}

/** A run on one example that changes are followed through. */
export interface Base {
  readonly steps: readonly BaseStep[];
  readonly taps: readonly Site[];
  /** The values of the run, `[1, …]`. */
  readonly values: Values;
}

/** What a step is run on: the values of the base run, what of them has changed, and the number of rows. */
interface Changing {
  readonly values: Values;
  readonly changed: ReadonlyMap<number, Change>;
  readonly count: number;
}

/** The largest part of a plane that is computed as a part; cropping for a larger one costs more than it saves. */
const LARGEST_PART = 0.8;

/** The output of a step, where any of its inputs has changed and the change reaches it. */
export function changedOutput(step: BaseStep, changing: Changing): Change | undefined {
  if (!step.inputs.some((value) => changing.changed.has(value))) return undefined;
  const { partial } = step.operation;
  const windows = partial ? reachedWindows(step, changing) : 'all';
  if (!windows) return undefined;
  if (!partial || windows === 'all') return tf.tidy(() => wholeOutput(step, changing));
  return { tensor: tf.tidy(() => partialOutput(step, { partial, windows, changing })), at: windows.at };
}

/** The windows of the output that the changes reach; none where they reach nothing, `'all'` where it is most of it. */
function reachedWindows(step: BaseStep, { values, changed, count }: Changing): Windows | 'all' | undefined {
  const { shape } = values.get(step.output) as Tensor;
  const reached: (Rectangle | undefined)[] = new Array(count).fill(undefined);
  for (const [i, value] of step.inputs.entries()) {
    const [change, reading] = [changed.get(value), step.readings[i] as Reading | 'all'];
    if (!change && (reading !== 'all' || isSpread(step.inputShapes[i] as readonly number[]))) continue;
    if (!change || !isPatch(change) || reading === 'all') return 'all';
    const [, tall, wide] = change.tensor.shape;
    change.at.forEach(([row, column], k) => {
      const rows = reachedBy([row, row + tall], reading.rows);
      const columns = reachedBy([column, column + wide], reading.columns);
      if (rows && columns) reached[k] = union(reached[k], { rows, columns });
    });
  }
  const plane = [shape[1] as number, shape[2] as number] as const;
  const windows = windowsAround(reached, plane);
  return windows && windows.size[0] * windows.size[1] > LARGEST_PART * plane[0] * plane[1] ? 'all' : windows;
}

/** Whether an unchanged input fits a part as it is. */
function isSpread([, rows, columns]: readonly number[]): boolean {
  return rows === 1 && columns === 1;
}

function union(a: Rectangle | undefined, b: Rectangle): Rectangle {
  const along = ([start, end]: Span, [from, to]: Span): Span => [Math.min(start, from), Math.max(end, to)];
  return a ? { rows: along(a.rows, b.rows), columns: along(a.columns, b.columns) } : b;
}

function wholeOutput({ operation, activation, inputs }: BaseStep, { values, changed, count }: Changing): Tensor {
  const whole = inputs.map((value) => wholeRows(values.get(value) as Tensor, changed.get(value), count));
  return operation.forward(whole, undefined, fused(activation));
}

function partialOutput(
  { operation, activation, inputs, inputShapes }: BaseStep,
  { partial, windows, changing }: { partial: PartialForward; windows: Windows; changing: Changing },
): Tensor4D {
  const { at, size } = windows;
  const regions = at.map(([row, column]) => {
    const output: OperationRegion = { rows: [row, row + size[0]], columns: [column, column + size[1]] };
    return operation.region(output, inputShapes);
  });
  const crops = inputs.map((value, i) => {
    const base = changing.values.get(value) as Tensor4D;
    const read = regions.flatMap((perInput) => (perInput[i] === 'all' ? [] : [perInput[i] as OperationRegion]));
    const change = changing.changed.get(value) as Patch | undefined;
    return read.length === 0 ? base : cropped(base, change, { read, beyond: partial.beyond });
  });
  return partial.run(crops, { at, size, inputShapes }, fused(activation)) as Tensor4D;
}

function cropped(
  base: Tensor4D,
  patch: Patch | undefined,
  { read, beyond }: { read: readonly OperationRegion[]; beyond: number },
): Tensor4D {
  const at = read.map(({ rows, columns }): Position => [rows[0], columns[0]]);
  const longest = (axis: 'rows' | 'columns'): number =>
    read.reduce((most, { [axis]: [start, end] }) => Math.max(most, end - start), 0);
  const size = [longest('rows'), longest('columns')] as const;
  // Nothing to copy where a position depends on the same one alone.
  if (patch && sameWindows(patch, { at, size })) return patch.tensor;
  return cropRegions(base, patch, { at, size, beyond });
}

function sameWindows({ tensor, at }: Patch, windows: Windows): boolean {
  const [, rows, columns] = tensor.shape;
  const sameSize = rows === windows.size[0] && columns === windows.size[1];
  return sameSize && windows.at.every(([row, column], k) => row === at[k]?.[0] && column === at[k]?.[1]);
}

function fused(activation: PlannedStep['activation']): FusedActivation | undefined {
  return activation && { ceiling: activation.operation.ceiling };
}
