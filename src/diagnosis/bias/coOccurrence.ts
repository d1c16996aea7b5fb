import { assertArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, placeAt, type TypedArray } from '../../numeric/ndarray.ts';

/** How often labels occur together. */
export interface CoOccurrence {
  /** How many examples have both, `[k, k]`; along the diagonal how many have one. */
  readonly counts: NdArray<Float64Array>;
  /** The correlation φ of each two, `[k, k]`; 0 where one is the same in all examples. */
  readonly phi: NdArray<Float64Array>;
  /** Both over either, `[k, k]`; 0 where none has either. */
  readonly jaccard: NdArray<Float64Array>;
}

/**
 * How attributes go together in the labels alone: the baseline of `attributeRelations`, which sees what a model made of them.
 *
 * $\varphi_{ij} = \frac{n_{ij} n - n_i n_j}{\sqrt{n_i (n - n_i)\, n_j (n - n_j)}}$ and $J_{ij} = n_{ij} / (n_i + n_j - n_{ij})$, with how many examples have each attribute
 * and both. A set of data whose labels go together needs not have made a model of shared evidence, and tests drawn from the
 * same source do not show whether it has.
 *
 * Source: Yule 1912, "On the methods of measuring association between two attributes"; Jaccard 1912.
 *
 * @param labels which attributes each example has, `[n, k]` of 0 and 1.
 * @returns counts, φ and J, `[k, k]` each.
 * @throws {VitrineError} if there is another number than 0 or 1.
 * @example
 * ```ts
 * import { coOccurrence } from 'vitrine/diagnosis';
 * const labels = { shape: [4, 2], data: Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 1) };
 * console.log(coOccurrence(labels).phi.data[1]); // 0.577
 * ```
 */
export function coOccurrence(labels: NdArray<TypedArray>): CoOccurrence {
  assertArray('labels', labels, [2]);
  const [n, k] = labels.shape as [number, number];
  const wrong = labels.data.findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0)
    throw new VitrineError(
      'bad-argument',
      `"labels" expected 0 and 1, got ${labels.data[wrong]} at [${placeAt(wrong, labels.shape).join(', ')}]`,
    );
  const counts = new Float64Array(k * k);
  for (let row = 0; row < n; row++)
    for (let i = 0; i < k; i++)
      if (labels.data[row * k + i] === 1)
        for (let j = 0; j < k; j++) counts[i * k + j]! += labels.data[row * k + j] as number;
  const table = (of: (both: number, one: number, other: number) => number): NdArray<Float64Array> => ({
    shape: [k, k],
    data: counts.map((both, at) => {
      const [i, j] = [Math.floor(at / k), at % k];
      return of(both, counts[i * k + i] as number, counts[j * k + j] as number);
    }),
  });
  return {
    counts: { shape: [k, k], data: counts },
    phi: table((both, one, other) => {
      const width = Math.sqrt(one * (n - one) * other * (n - other));
      return width === 0 ? 0 : (both * n - one * other) / width;
    }),
    jaccard: table((both, one, other) => (one + other === 0 ? 0 : both / (one + other - both))),
  };
}
