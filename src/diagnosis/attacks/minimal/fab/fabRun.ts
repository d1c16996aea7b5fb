import { dot } from '../../../../numeric/linear/vectors.ts';
import { type NdArray, rowOf, sizeOf } from '../../../../numeric/ndarray.ts';
import type { AttackBatch } from '../../field/attackBatch.ts';
import { someOf } from '../../field/attackBatch.ts';
import type { Norm } from '../../field/attackOptions.ts';
import { within } from '../../field/inputSpace.ts';
import { type Nearest, nearestOf } from '../nearest.ts';
import { dualLength, marginsOf, rivalsOf, type Slope, slopesOf } from '../slopes.ts';
import { boxProjection } from './boxProjection.ts';

/** How FAB goes about a batch. */
export interface FabSettings {
  readonly norm: Norm;
  /** How many steps a run has. */
  readonly steps: number;
  /**
   * Towards how many of the next classes there are runs, one class after the other; without it one run towards whichever of
   * all classes is nearest.
   */
  readonly targets?: number | undefined;
  /** Runs towards further classes are only for examples whose change is longer than this. */
  readonly enough?: number | undefined;
}

/** The nearest changes that FAB finds. */
export async function fabRun(batch: AttackBatch, settings: FabSettings): Promise<NdArray> {
  const nearest = nearestOf(batch, settings.norm);
  for (const rivals of await rivalRuns(batch, settings.targets)) {
    const { enough = Number.NEGATIVE_INFINITY } = settings;
    const rows = batch.labels.flatMap((_, row) => ((nearest.distances[row] as number) > enough ? [row] : []));
    if (rows.length > 0) await fabOnce(batch, nearest, { ...settings, rows, rivals });
  }
  return nearest.changed;
}

/** How often a batch takes a step at the most. */
export function fabCalls({ steps, targets }: FabSettings, { classes }: Pick<AttackBatch, 'classes'>): number {
  return steps * Math.min(targets ?? 1, classes - 1);
}

/** Of each run the classes that each example may go to. */
async function rivalRuns(
  batch: AttackBatch,
  targets: number | undefined,
): Promise<readonly (readonly (readonly number[])[])[]> {
  if (batch.goals) return [batch.labels.map(() => [])];
  const rivals = await rivalsOf(batch, targets ?? batch.classes - 1);
  if (targets === undefined) return [rivals];
  return (rivals[0] as readonly number[]).map((_, rank) => rivals.map((list) => [list[rank] as number]));
}

interface OneRun extends FabSettings {
  readonly rows: readonly number[];
  readonly rivals: readonly (readonly number[])[];
}

// Algorithm 1, Croce and Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack".
async function fabOnce(batch: AttackBatch, nearest: Nearest, { rows, rivals, norm, steps }: OneRun): Promise<void> {
  const some = someOf(batch, rows);
  const chosen = rows.map((row) => rivals[row] as readonly number[]);
  let at = some.x;
  for (let step = 0; step < steps; step++) {
    const slopes = await slopesOf(some, at, chosen);
    const next = within(
      eachRow(at, some.x, (now, start, i) =>
        movedTo(now, start, { slopes: slopes[i] as readonly Slope[], norm, space: some.space }),
      ),
      some.space,
    );
    const margins = await marginsOf(some, next);
    nearest.see(rows, next, margins);
    // Back towards the example, so that the next step looks for a nearer place.
    at = eachRow(next, some.x, (now, start, i) => ((margins[i] as number) > 0 ? between(start, now, BACK) : now));
    batch.onStep();
  }
}

interface Motion {
  readonly slopes: readonly Slope[];
  readonly norm: Norm;
  readonly space: AttackBatch['space'];
}

/** A step onto the nearest plane, drawn towards the place of that plane which is nearest to the example. */
function movedTo(now: Float32Array, start: Float32Array, { slopes, norm, space }: Motion): Float32Array {
  const far = slopes.map(({ value, gradient }) => Math.abs(value) / (dualLength(gradient, norm) + 1e-12));
  const { value, gradient } = slopes[far.indexOf(Math.min(...far))] as Slope;
  const plane = { normal: gradient, offset: dot(gradient, now) - value };
  const [own, first] = [boxProjection(now, plane, { space, norm }), boxProjection(start, plane, { space, norm })];
  const [a, b] = [Math.max(lengthIn(own, norm), 1e-8), Math.max(lengthIn(first, norm), 1e-8)];
  const share = Math.min(a / (a + b), MOST);
  return now.map((x, i) => {
    const [ahead, aside] = [x + BEYOND * (own[i] as number), (start[i] as number) + BEYOND * (first[i] as number)];
    return (1 - share) * ahead + share * aside;
  });
}

function lengthIn(change: Float64Array, norm: Norm): number {
  if (norm === 'l2') return Math.sqrt(dot(change, change));
  return change.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function between(start: Float32Array, end: Float32Array, share: number): Float32Array {
  return start.map((x, i) => x + share * ((end[i] as number) - x));
}

function eachRow(
  array: NdArray,
  beside: NdArray,
  change: (row: Float32Array, other: Float32Array, i: number) => Float32Array,
): NdArray {
  const size = sizeOf(array.shape.slice(1));
  const data = new Float32Array(array.data.length);
  for (let i = 0; i < (array.shape[0] as number); i++) data.set(change(rowOf(array, i), rowOf(beside, i), i), i * size);
  return { shape: array.shape, data };
}

/** α, η and β of the paper: how far a step is drawn to the example, goes beyond a plane, and comes back. */
const MOST = 0.1;
const BEYOND = 1.05;
const BACK = 0.9;
