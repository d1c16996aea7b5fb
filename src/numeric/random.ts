import { randomNormal } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { assertInteger, describe } from './check.ts';
import { VitrineError } from './errors.ts';

/** A seeded source of random numbers; each call draws the next one. */
export interface Random {
  /** The next number of the uniform distribution on [0, 1). */
  uniform(): number;
  /** The next number of the normal distribution with mean 0 and variance 1. */
  normal(): number;
  /** The next integer from 0 to `below` − 1, all equally likely. */
  integer(below: number): number;
}

/**
 * A source of random numbers that is fixed by a seed and the number of a stream.
 *
 * The numbers come from xoroshiro128+. Its 128 bits of state are a hash of `seed` and all of `stream`, so sources that
 * differ in any of them are unrelated: a method draws the noise of sample `s` of example `i` from `random(seed, i, s)`
 * and its result does not depend on how examples are batched.
 *
 * @param seed a safe integer.
 * @param stream safe integers, such as the index of the example and of the sample.
 * @returns a source of its own, that starts anew.
 * @throws {VitrineError} if a number is not a safe integer.
 * @example
 * ```ts
 * import { random } from 'vitrine';
 * const { normal } = random(0, 3);
 * const noise = Float32Array.from({ length: 256 }, normal); // the same each time
 * ```
 */
export function random(seed: number, ...stream: readonly number[]): Random {
  const generator = xoroshiro128plusFromState(stateOf(seed, stream));
  const uniform = (): number => uniformFloat64(generator);
  return {
    uniform,
    normal: randomNormal.source(uniform)(0, 1),
    integer(below) {
      assertInteger('below', below, [1, Number.MAX_SAFE_INTEGER]);
      return uniformInt(generator, 0, below - 1);
    },
  };
}

// Any four words do, as long as they differ and the state cannot become zero throughout: pi in hexadecimal.
const lanes = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];

function stateOf(seed: number, stream: readonly number[]): readonly number[] {
  const words = [...wordsOf('seed', seed), ...stream.flatMap((number) => wordsOf('stream', number)), stream.length + 1];
  return lanes.map((lane) => words.reduce((hash, word) => scramble(hash ^ word), lane));
}

function wordsOf(argument: string, number: number): readonly number[] {
  if (!Number.isSafeInteger(number))
    throw new VitrineError('bad-argument', `"${argument}" expected a safe integer, got ${describe(number)}`);
  return [number | 0, Math.floor(number / 2 ** 32) | 0];
}

// The finalizer of MurmurHash3 (Appleby 2011) after a Weyl step: a bijection in which every bit reaches every other.
function scramble(word: number): number {
  let hash = (word + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * `size` different ones of the numbers 0 … `length` − 1, all subsets equally likely, in no particular order.
 *
 * Source: Bentley and Floyd 1987, "Programming pearls: a sample of brilliance", algorithm F2.
 */
export function randomSubset(length: number, size: number, random: Random): readonly number[] {
  const chosen = new Set<number>();
  for (let last = length - size; last < length; last++) {
    const drawn = random.integer(last + 1);
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return [...chosen];
}

/** The numbers below `count` in a random order (Fisher and Yates), of a source of integers below a bound. */
export function shuffled(count: number, integer: (below: number) => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
