import { norm } from '../../../numeric/linear/vectors.ts';
import type { Random } from '../../../numeric/random.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';

/** What turns vectors into codes and back. */
export interface SparseParameters {
  /** The number of codes. */
  readonly size: number;
  /** The number of units. */
  readonly units: number;
  /** $W_e$, `[size × units]`. */
  readonly encoder: Float64Array;
  /** b, `[size]`. */
  readonly encoderBias: Float64Array;
  /** $W_d^T$, `[size × units]`: a direction for each code. */
  readonly decoder: Float64Array;
  /** $b_p$, `[units]`. */
  readonly bias: Float64Array;
}

/** Random directions, each its own code's encoder and decoder, around the mean of what is encoded. */
export function startOf(mean: Float64Array, size: number, { normal }: Random): SparseParameters {
  const units = mean.length;
  const decoder = Float64Array.from({ length: size * units }, normal);
  for (let code = 0; code < size; code++) toUnitLength(decoder.subarray(code * units, (code + 1) * units));
  return { size, units, encoder: decoder.slice(), encoderBias: new Float64Array(size), decoder, bias: mean.slice() };
}

/** Brings the directions of all codes back to unit length. */
export function* normalizeDecoder({ size, units, decoder }: SparseParameters): Sliced<void> {
  yield* forEachOf(size, 2 * units, (code) => toUnitLength(decoder.subarray(code * units, (code + 1) * units)));
}

function toUnitLength(vector: Float64Array): void {
  const length = norm(vector);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
}

/** Writes $W_e (x - b_p) + b$ to `codes`, for `centred` = $x - b_p$. */
export function encode(
  { size, units, encoder, encoderBias }: SparseParameters,
  centred: Float64Array,
  codes: Float64Array,
): void {
  // A plain loop: most of the time is spent here, and a view of each row takes as long again.
  for (let code = 0, at = 0; code < size; code++) {
    let sum = encoderBias[code] as number;
    for (let unit = 0; unit < units; unit++, at++) sum += (encoder[at] as number) * (centred[unit] as number);
    codes[code] = sum;
  }
}
