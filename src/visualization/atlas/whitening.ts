import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { cholesky, choleskySolution } from '../../numeric/linear/cholesky.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { abortSignal, assertOptions, number } from '../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';

/** Options of `whitening`. */
export interface WhiteningOptions {
  /** What is added to the second moments before they are inverted, as a share of their mean; 0.01 by default. */
  readonly ridge?: number;
  /** Stops it; rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * What takes from directions among units that which all activations have in common:
 * $S = \big(\tfrac{1}{m} A^\top A + \lambda I\big)^{-1}$, with λ a share of the mean of the diagonal.
 *
 * Source: Carter et al. 2019, "Activation atlas".
 *
 * @param activations A, `[m, units]`.
 * @param options `ridge`, `signal`.
 * @returns S, `[units, units]`, for {@link objectives.whitenedDirection}.
 * @throws {VitrineError} if the activations are no finite matrix, or are all 0; the signal's reason.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { objectives, whitening } from 'vitrine/visualization';
 * const { conv3 } = await activations(model, x, ['conv3']);
 * const units = conv3.shape[3]!;
 * const rows = { shape: [conv3.data.length / units, units], data: conv3.data };
 * const vector = conv3.data.subarray(0, units);
 * const objective = objectives.whitenedDirection({ layer: 'conv3', vector }, await whitening(rows), { power: 2 });
 * ```
 */
export async function whitening(activations: NdArray, options: WhiteningOptions = {}): Promise<NdArray> {
  assertOptions(options, { ridge: number(0), signal: abortSignal });
  assertArray('activations', activations, [2]);
  assertFiniteArray('activations', activations);
  const { ridge = 0.01, signal } = options;
  const [own] = await owned(activations);
  return inSlices(inverseMoments(own, ridge), { signal });
}

function* inverseMoments(activations: NdArray, ridge: number): Sliced<NdArray> {
  const units = activations.shape[1] as number;
  const factor = yield* momentFactor(activations, ridge);
  const inverse = new Float32Array(units * units);
  yield* forEachOf(units, 2 * units * units, (column) => {
    const axis = new Float64Array(units);
    axis[column] = 1;
    inverse.set(choleskySolution(factor, axis), column * units);
  });
  return { shape: [units, units], data: inverse };
}

/** v S of each vector, without the whole of S. */
export function* whitenedVectors(
  vectors: readonly ArrayLike<number>[],
  activations: NdArray,
  ridge: number,
): Sliced<readonly Float32Array[]> {
  const factor = yield* momentFactor(activations, ridge);
  const whitened: Float32Array[] = [];
  yield* forEachOf(vectors.length, 2 * factor.length, (i) => {
    whitened.push(Float32Array.from(choleskySolution(factor, Float64Array.from(vectors[i] as ArrayLike<number>))));
  });
  return whitened;
}

/** The factor of the second moments with a ridge. */
function* momentFactor({ shape, data }: NdArray, ridge: number): Sliced<Float64Array> {
  const [rows, units] = shape as [number, number];
  const moments = new Float64Array(units * units);
  yield* forEachOf(rows, (units * units) / 2, (row) =>
    addProducts(moments, data.subarray(row * units, (row + 1) * units)),
  );
  let trace = 0;
  for (let i = 0; i < units; i++) trace += moments[i * (units + 1)] as number;
  if (trace === 0)
    throw new VitrineError('bad-argument', '"activations" expected some that are not 0, got zeros alone');
  for (let i = 0; i < units; i++) moments[i * (units + 1)]! += (ridge * trace) / units;
  return yield* cholesky(
    moments.map((value) => value / rows),
    units,
  );
}

/** Adds the products of a row with itself, below the diagonal and on it. */
function addProducts(moments: Float64Array, row: Float32Array): void {
  const units = row.length;
  for (let i = 0; i < units; i++) {
    const value = row[i] as number;
    if (value === 0) continue;
    for (let j = 0, at = i * units; j <= i; j++, at++) moments[at]! += value * (row[j] as number);
  }
}
