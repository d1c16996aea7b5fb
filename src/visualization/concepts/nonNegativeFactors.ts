import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertArray, assertFiniteArray, assertRoom } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { extremeFactors } from '../../numeric/linear/extremeFactors.ts';
import { multiplicativeFactors, randomFactors } from '../../numeric/linear/multiplicativeFactors.ts';
import { type NdArray, placeAt, type TypedArray } from '../../numeric/ndarray.ts';
import {
  abortSignal,
  assertOptions,
  callback,
  count as countOf,
  integer,
  type OptionChecks,
  oneOf,
  required,
  safeInteger,
} from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';

/** Options of {@link nonNegativeFactors}. */
export interface FactorOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  /** The number of factors k. */
  readonly count: number;
  /** How often all factors are brought up to date; 200 by default. */
  readonly steps?: number;
  /**
   * Where the search begins: at `'random'` parts, as by default, or at the `'extreme'` rows, those most unlike each other, in
   * which there is no chance.
   */
  readonly start?: 'random' | 'extreme';
  /** Of a random start; 0 by default. */
  readonly seed?: number;
}

/** A matrix as a product of two without negative numbers. */
export interface NonNegativeFactors {
  /** W, how much of each part is in each row, `[m, k]`. */
  readonly weights: NdArray;
  /** H, the parts, `[k, u]`. */
  readonly parts: NdArray;
  /** $\|V - W H\|_F$ at the start and after each step, `[steps + 1]`; it never rises. */
  readonly errors: Float64Array;
  /** The share of $\|V\|_F^2$ that the product accounts for. */
  readonly explained: number;
}

const checks: OptionChecks<FactorOptions> = {
  count: required(integer(1)),
  steps: countOf(1),
  start: oneOf(['random', 'extreme']),
  seed: safeInteger,
  signal: abortSignal,
  onProgress: callback,
};

/**
 * Non-negative matrix factorization: rows as sums of a few parts, $V \approx W H$ with $W, H \ge 0$.
 *
 * $$ H \leftarrow H \circ \frac{W^T V}{W^T W H}, \qquad W \leftarrow W \circ \frac{V H^T}{W H H^T} $$
 *
 * from a random start. Of activations behind a ReLU, each row the units at one position, the parts are groups of units that
 * are active together; `directionsOf(layer, parts)` makes directions of them. The steps lead to a minimum near the start, not to
 * the least of all: another seed may give other parts. Where every part is alone in some row, `start: 'extreme'` (Gillis
 * and Vavasis 2014) finds the parts more surely.
 *
 * Source: Lee and Seung 2001, "Algorithms for non-negative matrix factorization", Eq. (4).
 *
 * @param matrix V, `[m, u]`, without negative numbers.
 * @param options `count` (required), `steps`, `start`, `seed`, `signal`, `onProgress`.
 * @returns `weights` `[m, k]`, `parts` `[k, u]`, the errors `[steps + 1]`, and the share that is explained.
 * @throws {VitrineError} if a number is negative or not finite, all are 0, or an option is out of its range.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { nonNegativeFactors } from 'vitrine/visualization';
 * const { conv3 } = await activations(model, x, ['conv3']);
 * const units = conv3.shape[3];
 * const positions = { shape: [conv3.data.length / units, units], data: conv3.data };
 * const { parts, explained } = await nonNegativeFactors(positions, { count: 3, steps: 20 });
 * console.log(parts.shape, explained);
 * ```
 */
export async function nonNegativeFactors(
  matrix: NdArray<TypedArray>,
  options: FactorOptions,
): Promise<NonNegativeFactors> {
  assertOptions(options, checks);
  assertArray('matrix', matrix, [2]);
  const { count, steps = 200, start = 'random', seed = 0, signal, onProgress } = options;
  const [rows, columns] = matrix.shape as readonly [number, number];
  assertRoom('count', [Math.max(rows, columns), count]);
  assertNonNegative('matrix', matrix);
  const [{ data: values }] = await owned(matrix);
  const given = { rows, columns, values };
  const onStep = (step: number): void => onProgress?.({ stage: 'factors', done: step + 1, total: steps });
  const begun =
    start === 'random'
      ? randomFactors(given, count, random(seed))
      : await inSlices(extremeFactors(given, count), { signal });
  const found = await inSlices(multiplicativeFactors(given, begun, { steps, onStep }), { signal });
  return {
    weights: { shape: [rows, count], data: Float32Array.from(found.weights) },
    parts: { shape: [count, columns], data: transposed(found.parts, count) },
    errors: found.errors,
    explained: 1 - (found.errors[steps] as number) ** 2 / squareOf(values),
  };
}

/** Refuses negative numbers and says where the first one is, what is not finite, and zeros alone, which have no parts. */
function assertNonNegative(argument: string, matrix: NdArray<TypedArray>): void {
  assertFiniteArray(argument, matrix);
  const found = matrix.data.findIndex((value) => value < 0);
  if (found >= 0) {
    const place = placeAt(found, matrix.shape).join(', ');
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected no negative numbers, got ${matrix.data[found]} at [${place}]`,
    );
  }
  if (matrix.data.every((value) => value === 0)) {
    throw new VitrineError('bad-argument', `"${argument}" expected numbers other than 0, got zeros alone`);
  }
}

/** Parts `[columns × count]` as `[count × columns]`. */
export function transposed(parts: Float64Array, count: number): Float32Array {
  const columns = parts.length / count;
  return Float32Array.from(parts, (_, at) => parts[(at % columns) * count + Math.floor(at / columns)] as number);
}

function squareOf(values: TypedArray): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += (values[at] as number) ** 2;
  return sum;
}
