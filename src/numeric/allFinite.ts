/** Whether there is neither NaN nor an infinity among numbers. */
export function allFinite(values: ArrayLike<number>): boolean {
  // 0 · x is 0 for what is finite and NaN for all else: no branch for each number.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * (values[i] as number);
  return sum === 0;
}
