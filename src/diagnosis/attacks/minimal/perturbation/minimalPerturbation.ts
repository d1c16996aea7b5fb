import type { Input, Model } from '../../../../network/types.ts';
import { norm } from '../../../../numeric/linear/vectors.ts';
import { type NdArray, rowOf, sizeOf } from '../../../../numeric/ndarray.ts';
import { assertOptions, count, type OptionChecks, oneOf } from '../../../../numeric/options.ts';
import { changedRows, settled } from '../../field/attackedBy.ts';
import { type AttackField, onField } from '../../field/attackField.ts';
import { type AttackOptions, attackChecks, type Norm } from '../../field/attackOptions.ts';
import type { Adversarial } from '../../types.ts';
import { deepFoolRun } from '../deepFool.ts';
import { linearDistances } from './linearDistances.ts';
import { harmlessLength } from './randomDirections.ts';
import { refined } from './refined.ts';
import { survivingRounding } from './survivingRounding.ts';
import type { MinimalPerturbation } from './types.ts';

/** What {@link minimalPerturbation} takes. */
export type MinimalPerturbationOptions = AttackOptions & {
  /** How the length of a change is measured; `'l2'` by default. */
  readonly norm?: Norm;
  /** The steps by which DeepFool's change is made shorter; 50 by default. */
  readonly steps?: number;
  /** How many random directions are tried beside it, of every example; 20 by default, 0 for none. */
  readonly directions?: number;
};

/**
 * The smallest change that turns an example into another class, and whether that says anything.
 *
 * DeepFool finds a change, steps that decouple its length from its direction make it shorter, and what is left between it and
 * the example is halved. Beside it stand how far a linear model would be from its boundary, $\min_k |f_k| / \lVert\nabla f_k\rVert_q$, how far
 * random directions go without reaching the aim, and a change that survives being stored in 8 bits, which the smallest often
 * does not.
 *
 * Source: Szegedy et al. 2014, "Intriguing properties of neural networks", section 4; Moosavi-Dezfooli et al. 2016, "DeepFool",
 * Eq. (1) and section 2.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options `norm`, `steps`, `directions`, and how far inputs reach: {@link MinimalPerturbationOptions}.
 * @returns the changed examples and their lengths: see {@link Adversarial} and {@link MinimalPerturbation}.
 * @throws {VitrineError} if the input leaves its bounds, or the model has a single class.
 * @example
 * ```ts
 * import { minimalPerturbation } from 'vitrine/diagnosis';
 * const { distance, linear, harmless } = await minimalPerturbation(model, x, { bounds: [-1, 1], steps: 10, directions: 3 });
 * console.log(distance, linear, harmless);
 * ```
 */
export async function minimalPerturbation(
  model: Model,
  x: Input,
  options: MinimalPerturbationOptions,
): Promise<MinimalPerturbation> {
  assertOptions(options, minimalChecks);
  return onField(model, x, options ?? ({} as MinimalPerturbationOptions), async (field, own) => {
    const { norm = 'l2', steps = 50, directions = 20 } = own;
    const rows = field.initial.flatMap((isDone, row) => (isDone ? [] : [row]));
    const settings = { norm, steps, halvings: HALVINGS };
    const changed = await changedRows(
      field,
      rows,
      async (batch) => refined(batch, await deepFoolRun(batch, { norm, steps: FOOLING }), settings),
      { method: 'minimalPerturbation', steps: FOOLING + steps + HALVINGS },
    );
    const found = await settled(field, changed, { method: 'minimalPerturbation', norm });
    return {
      ...found,
      ...comparedWith(field.all.x, found),
      linear: await linearDistances(field, norm),
      harmless: await harmlessLengths(field, found, directions),
      shades: await survivingRounding(field, found),
    };
  });
}

const minimalChecks: OptionChecks<MinimalPerturbationOptions> = {
  ...attackChecks,
  norm: oneOf(['l2', 'linf']),
  steps: count(1),
  directions: count(0),
};

/** Steps of DeepFool, and halvings at the end. */
const FOOLING = 50;
const HALVINGS = 15;

function comparedWith(x: NdArray, { distances }: Adversarial): Pick<MinimalPerturbation, 'rms' | 'relative'> {
  const size = sizeOf(x.shape.slice(1));
  return {
    rms: distances.l2.map((length) => length / Math.sqrt(size)),
    relative: distances.l2.map((length, row) => length / Math.max(norm(rowOf(x, row)), Number.MIN_VALUE)),
  };
}

async function harmlessLengths(
  { all, initial }: AttackField,
  { norm, distance, success }: Adversarial,
  directions: number,
): Promise<Float32Array> {
  const lengths = new Float32Array(initial.length);
  for (const [row, isDone] of initial.entries()) {
    if (isDone || directions === 0) continue;
    const length = success[row] ? (distance[row] as number) : 1;
    const search = { norm, directions, length, doublings: DOUBLINGS, halvings: 3 };
    lengths[row] = await harmlessLength(all, row, search);
  }
  return lengths;
}

/** Noise that is a thousand times as long as the change is beyond every picture. */
const DOUBLINGS = 10;
