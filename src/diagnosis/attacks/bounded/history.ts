import type { NdArray } from '../../../numeric/ndarray.ts';
import type { AttackBatch } from '../field/attackBatch.ts';
import type { Adversarial } from '../types.ts';
import type { Strongest } from './strongest.ts';

/** What a run within a budget gives. */
export interface Climbed {
  /** `[m, …]` */
  readonly changed: NdArray;
  /** The losses of each example, at the start and after each step that was made for it. */
  readonly losses: readonly (readonly number[])[];
  readonly strongest: Strongest;
}

/**
 * Runs an attack and adds how its losses went.
 *
 * @param attack is given what takes the losses out of a batch's result.
 */
export async function withHistory(
  steps: number,
  attack: (kept: (batch: AttackBatch, run: Promise<Climbed>) => Promise<NdArray>) => Promise<Adversarial>,
): Promise<Adversarial> {
  const columns = new Map<number, readonly number[]>();
  const result = await attack(async ({ examples }, run) => {
    const { changed, losses } = await run;
    examples.forEach((example, row) => columns.set(example, losses[row] as readonly number[]));
    return changed;
  });
  const count = result.label.length;
  const data = new Float32Array((steps + 1) * count).fill(Number.NaN);
  for (const [example, losses] of columns)
    losses.forEach((loss, step) => {
      data[step * count + example] = loss;
    });
  return { ...result, history: { shape: [steps + 1, count], data } };
}
