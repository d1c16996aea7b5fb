import { inSlices } from '../../../backend/inTurn.ts';
import type { Input, Model } from '../../../network/types.ts';
import { type NdArray, rowOf, sizeOf } from '../../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks } from '../../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import type { Adversarial, ChangeLengths } from '../types.ts';
import { type AttackBatch, someOf } from './attackBatch.ts';
import { type AttackField, onField, partsOf, verdictOf } from './attackField.ts';
import type { AttackOptions, Norm } from './attackOptions.ts';
import { rounded } from './inputSpace.ts';

/** How an attack changes examples that run together, and in how many steps it does. */
export interface Attack<O> {
  readonly method: string;
  readonly norm: Norm;
  /** How many times `batch.onStep` is called for a batch, at the most. */
  readonly steps: number;
  /**
   * Gives the changed examples, in order: those that reach the aim or, where an attack fails, those that came nearest, and
   * never the unchanged ones by default.
   */
  readonly run: (batch: AttackBatch, options: O) => Promise<NdArray>;
}

/**
 * Checks the arguments of an attack, runs it on the examples that do not meet their aim as they are, and looks at what it
 * gave once more.
 *
 * @param plan what the attack is, of the copies of the caller's options and the model.
 */
export async function attackedBy<O extends AttackOptions>(
  model: Model,
  x: Input,
  options: O,
  { checks, plan }: { readonly checks: OptionChecks<O>; readonly plan: (options: O, field: AttackField) => Attack<O> },
): Promise<Adversarial> {
  assertOptions(options, checks);
  return onField(model, x, options ?? ({} as O), async (field, own) => {
    const attack = plan(own, field);
    const rows = field.initial.flatMap((isDone, row) => (isDone ? [] : [row]));
    const changed = await changedRows(field, rows, (batch) => attack.run(batch, own), attack);
    return settled(field, changed, attack);
  });
}

/** Runs an attack on some of the examples; the others stay as they are. */
export async function changedRows(
  field: AttackField,
  rows: readonly number[],
  run: (batch: AttackBatch) => Promise<NdArray>,
  { method, steps }: Pick<Attack<never>, 'method' | 'steps'>,
): Promise<NdArray> {
  const { all, options } = field;
  const total = rows.length * steps;
  const changed = Float32Array.from(all.x.data);
  const size = sizeOf(all.x.shape.slice(1));
  let done = 0;
  for (const part of partsOf(field, rows)) {
    const before = done;
    const advance = (to: number): void => {
      done = to;
      options.onProgress?.({ stage: method, done, total });
    };
    const batch = {
      ...someOf(all, part),
      onStep: () => advance(Math.min(done + part.length, before + part.length * steps)),
    };
    const found = await run(batch);
    part.forEach((row, i) => changed.set(rowOf(found, i), row * size));
    // An attack that was done early has no more to do.
    if (done < before + part.length * steps) advance(before + part.length * steps);
  }
  return { shape: all.x.shape, data: changed };
}

/** What an attack gave, looked at once more as it is stored. */
export async function settled(
  field: AttackField,
  adversarial: NdArray,
  { method, norm }: { readonly method: string; readonly norm: Norm },
): Promise<Adversarial> {
  const { all, before, initial, options } = field;
  const after = await verdictOf(all, adversarial, options);
  const inShades = await inSlices(rounded(adversarial, field.space), options);
  const shades = await verdictOf(all, inShades, options);
  const distances = await inSlices(lengthsOf(adversarial, all.x), options);
  return {
    method,
    adversarial,
    success: after.reached,
    initial,
    rounded: shades.reached,
    label: Int32Array.from(all.labels),
    goal: all.goals ? Int32Array.from(all.goals) : null,
    classes: { before: before.classes, after: after.classes },
    confidence: { before: before.confidence, after: after.confidence },
    norm,
    distance: distances[norm],
    distances,
    queries: all.passes.forward,
    gradients: all.passes.backward,
  };
}

/** How far each example has moved. */
export function* lengthsOf(moved: NdArray, from: NdArray): Sliced<ChangeLengths> {
  const count = from.shape[0] as number;
  const [l0, l1, l2, linf] = [0, 1, 2, 3].map(() => new Float32Array(count)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  yield* forEachOf(count, 5 * sizeOf(from.shape.slice(1)), (row) => {
    const [values, start] = [rowOf(moved, row), rowOf(from, row)];
    let [changed, sum, squares, most] = [0, 0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const change = Math.abs((values[i] as number) - (start[i] as number));
      if (change !== 0) changed++;
      sum += change;
      squares += change * change;
      if (change > most) most = change;
    }
    [l0[row], l1[row], l2[row], linf[row]] = [changed, sum, Math.sqrt(squares), most];
  });
  return { l0, l1, l2, linf };
}
