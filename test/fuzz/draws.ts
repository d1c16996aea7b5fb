import { type Random, random } from '../../src/numeric/random.ts';

/** Random numbers, and choices made by them. */
export interface Draws extends Random {
  /** A whole number, both ends among the possible ones. */
  between(least: number, most: number): number;
  /** One of the values; `undefined` only where there is none. */
  oneOf<T>(values: readonly T[]): T;
  /** True in this share of all calls. */
  chance(share: number): boolean;
}

/** Choices that a seed fixes. */
export function draws(seed: number, ...stream: readonly number[]): Draws {
  const source = random(seed, ...stream);
  return {
    ...source,
    between: (least, most) => least + source.integer(most - least + 1),
    oneOf: <T>(values: readonly T[]) => values[source.integer(Math.max(values.length, 1))] as T,
    chance: (share) => source.uniform() < share,
  };
}
