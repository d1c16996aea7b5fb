/**
 * Per example Σ φ − (F(x) − F(all hidden)).
 *
 * @param empty the scores with everything hidden; NaN where that is not known yet.
 */
export function shapleyGap(
  values: readonly Float64Array[],
  score: Float32Array,
  empty: readonly number[],
): Float32Array {
  return Float32Array.from(values, (row, i) => {
    const sum = row.reduce((total, value) => total + value, 0);
    return sum - ((score[i] as number) - (empty[i] as number));
  });
}
