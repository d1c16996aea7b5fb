import type { Input, Model } from '../../../network/types.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { count, number, type OptionChecks, oneOf } from '../../../numeric/options.ts';
import { type AttackBatch, rowsChosen, someOf } from '../field/attackBatch.ts';
import { attackedBy } from '../field/attackedBy.ts';
import { type AttackOptions, attackChecks, type Norm } from '../field/attackOptions.ts';
import { type InputSpace, within } from '../field/inputSpace.ts';
import type { Adversarial } from '../types.ts';
import { nearestOf } from './nearest.ts';
import { dualLength, marginsOf, rivalsOf, type Slope, slopesOf } from './slopes.ts';

/** How {@link deepFool} goes about an example. */
export interface DeepFoolSettings {
  /** How the length of a change is measured; `'l2'` by default. */
  readonly norm?: Norm;
  /** The most steps; 50 by default. */
  readonly steps?: number;
  /** By how much the sum of all steps is lengthened, to come over the boundary; 0.02 by default. */
  readonly overshoot?: number;
  /** How many classes are looked at, the label among them: those that the example comes nearest to; 10 by default. */
  readonly candidates?: number;
}

/** What {@link deepFool} takes. */
export type DeepFoolOptions = AttackOptions & DeepFoolSettings;

/**
 * DeepFool: steps to the nearest boundary of a class, as if all boundaries were planes.
 *
 * $r \mathrel{+}= \frac{|f_k|}{\lVert\nabla f_k\rVert_2^2} \nabla f_k$ with $f_k = z_k - z_y$ of the class k whose $|f_k| / \lVert\nabla f_k\rVert_q$ is
 * least, until the class changes; $x' = \mathrm{clip}(x + 1.02\,r)$. On a linear model one step is exact. Towards a goal, $f$ is
 * the goal's score less the best of all others. Where the gradient is zero there is no step, and the attack fails.
 *
 * Source: Moosavi-Dezfooli et al. 2016, "DeepFool: a simple and accurate method to fool deep neural networks", algorithm 2.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options `norm`, `steps`, `overshoot`, `candidates`, and how far inputs reach: {@link DeepFoolOptions}.
 * @returns changed examples, whether they succeed, and how far they are: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, or the model has a single class.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { distance, classes } = await attacks.deepFool(model, x, { bounds: [-1, 1] });
 * console.log(distance, classes.after);
 * ```
 */
export async function deepFool(model: Model, x: Input, options: DeepFoolOptions): Promise<Adversarial> {
  return attackedBy(model, x, options, {
    checks: deepFoolChecks,
    plan({ norm = 'l2', steps = 50, overshoot, candidates }) {
      const settings = {
        norm,
        steps,
        ...(overshoot !== undefined && { overshoot }),
        ...(candidates && { candidates }),
      };
      return { method: 'deepFool', norm, steps, run: (batch) => deepFoolRun(batch, settings) };
    },
  });
}

const deepFoolChecks: OptionChecks<DeepFoolOptions> = {
  ...attackChecks,
  norm: oneOf(['l2', 'linf']),
  steps: count(1),
  overshoot: number(0),
  candidates: count(2),
};

/** Steps until the aim of each example is reached. */
export async function deepFoolRun(
  batch: AttackBatch,
  { norm = 'l2', steps = 50, overshoot = 0.02, candidates = 10 }: DeepFoolSettings,
): Promise<NdArray> {
  const rivals = batch.goals ? batch.labels.map(() => []) : await rivalsOf(batch, candidates - 1);
  const changes = new Float64Array(batch.x.data.length);
  const nearest = nearestOf(batch, norm);
  let [left, x] = [batch.labels.map((_, row) => row), batch.x];
  for (let step = 0; step < steps && left.length > 0; step++) {
    const some = someOf(batch, left);
    const slopes = await slopesOf(
      some,
      x,
      left.map((row) => rivals[row] as readonly number[]),
    );
    left.forEach((row, i) => addStep(rowIn(changes, row, batch.x), slopes[i] as readonly Slope[], norm));
    x = moved(some, rowsIn(changes, left, batch.x), 1 + overshoot);
    const margins = await marginsOf(some, x);
    nearest.see(left, x, margins);
    const isLeft = left.map((_, i) => !((margins[i] as number) > 0));
    x = rowsChosen(
      x,
      [...left.keys()].filter((i) => isLeft[i]),
    );
    left = left.filter((_, i) => isLeft[i]);
    batch.onStep();
  }
  return nearest.changed;
}

/** One step to the nearest of the planes that boundaries are taken for. */
function addStep(change: Float64Array, slopes: readonly Slope[], norm: Norm): void {
  const far = slopes.map(({ value, gradient }) => Math.abs(value) / (dualLength(gradient, norm) + FLOOR));
  const least = far.indexOf(Math.min(...far));
  const { gradient } = slopes[least] as Slope;
  const length = (far[least] as number) + BEYOND;
  const width = dualLength(gradient, 'l2') + FLOOR;
  gradient.forEach((slope, i) => {
    change[i] = (change[i] as number) + length * (norm === 'linf' ? Math.sign(slope) : slope / width);
  });
}

function moved({ x, space }: { x: NdArray; space: InputSpace }, changes: Float64Array, factor: number): NdArray {
  return within({ shape: x.shape, data: x.data.map((value, i) => value + factor * (changes[i] as number)) }, space);
}

function rowIn(changes: Float64Array, row: number, { shape }: NdArray): Float64Array {
  const size = sizeOf(shape.slice(1));
  return changes.subarray(row * size, (row + 1) * size);
}

function rowsIn(changes: Float64Array, rows: readonly number[], x: NdArray): Float64Array {
  const size = sizeOf(x.shape.slice(1));
  const chosen = new Float64Array(rows.length * size);
  rows.forEach((row, i) => chosen.set(rowIn(changes, row, x), i * size));
  return chosen;
}

/** As the released code has them: what keeps quotients finite, and what leads over a boundary. */
const FLOOR = 1e-8;
const BEYOND = 1e-4;
