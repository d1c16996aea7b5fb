import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { Site } from '../graph/graph.ts';
import { countUses } from '../walk/forward.ts';
import { type Change, tensorOf } from './change.ts';
import { type Base, changedOutput } from './changedOutput.ts';

/** What changes have led to; a value that they do not reach is not among it. */
export interface ChangedValues {
  /** How many rows there are. */
  readonly count: number;
  readonly changed: ReadonlyMap<number, Change>;
}

/**
 * Follows changes through the steps of a base run to what is tapped.
 *
 * @param keep is handed each tensor that is made on the way, which else is freed as soon as nothing needs it.
 */
export function changedValues(
  base: Base,
  changes: ReadonlyMap<Site, Change>,
  keep?: (tensor: Tensor) => void,
): ChangedValues {
  const changed = new Map([...changes].map(([{ value }, change]) => [value, change]));
  const given = new Set(changed.keys());
  const taps = new Set(base.taps.map(({ value }) => value));
  const count = rowsOf([...changed.values()]);
  const uses = countUses(base.steps);

  const release = (value: number): void => {
    const left = (uses.get(value) ?? 0) - 1;
    uses.set(value, left);
    const change = changed.get(value);
    if (keep || left > 0 || given.has(value) || taps.has(value) || !change) return;
    tensorOf(change).dispose();
    changed.delete(value);
  };

  for (const step of base.steps) {
    const made = given.has(step.output) ? undefined : changedOutput(step, { values: base.values, changed, count });
    if (made) changed.set(step.output, made);
    if (made) keep?.(tensorOf(made));
    step.inputs.forEach(release);
  }
  return { count, changed };
}

function rowsOf(changes: readonly Change[]): number {
  const counts = [...new Set(changes.map((change) => tensorOf(change).shape[0] as number))];
  if (counts.length === 1) return counts[0] as number;
  throw new VitrineError(
    'bad-argument',
    `"changes" expected as many rows at each site, got ${counts.join(', ') || 'no changes'}`,
  );
}
