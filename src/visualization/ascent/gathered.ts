import { concatenated } from '../../network/walk/batches.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import type { Snapshot, Visualization } from '../types.ts';
import type { Ascended } from './ascend.ts';

/** What an ascent gave. */
export interface Finding extends Ascended {
  readonly snapshots: readonly Snapshot[];
  /** The objective before each step. */
  readonly curve: readonly Float32Array[];
}

/** One result of the ascents of all objectives. */
export function gathered(
  found: readonly Finding[],
  { seed, made }: Pick<Visualization, 'seed' | 'made'>,
): Visualization {
  const [first] = found as readonly [Finding, ...Finding[]];
  const snapshots = first.snapshots.map((_, i) => found.map((finding) => finding.snapshots[i] as Snapshot));
  const curve = first.curve.map((_, i) => numbersOf(found.map((finding) => finding.curve[i] as Float32Array)));
  const transparency = concatenated(found.map((finding) => finding.transparency));
  return {
    images: stacked(snapshots.map((all) => concatenated(all.map(({ pictures }) => pictures)))),
    steps: first.snapshots.map(({ step }) => step),
    objective: stacked(snapshots.map((all) => numbersOf(all.map(({ objective }) => objective)))),
    curve:
      curve.length > 0 ? stacked(curve) : { shape: [0, transparency.shape[0] as number], data: new Float32Array() },
    transparency,
    parameters: found.map(({ parameters }) => parameters),
    memory: found.map(({ memory }) => memory),
    made,
    warnings: curve.length > 0 ? warningsOf(transparency) : [],
    seed,
  };
}

/** Pictures whose gradient was zero in every step: nothing excites what they are for. */
function warningsOf(transparency: NdArray): readonly string[] {
  const pictures = Array.from({ length: transparency.shape[0] as number }, (_, i) => i);
  return pictures
    .filter((i) => rowOf(transparency, i).every((value) => value === 0))
    .map(
      (i) =>
        `picture ${i} never moved: the gradient of its objective was zero in every step, as that of a unit that nothing excites`,
    );
}

function numbersOf(lists: readonly Float32Array[]): NdArray {
  return concatenated(lists.map((data) => ({ shape: [data.length], data })));
}

/** Arrays of one shape along a new first axis. */
function stacked(arrays: readonly NdArray[]): NdArray {
  return concatenated(arrays.map(({ shape, data }) => ({ shape: [1, ...shape], data })));
}
