/** $\sum a_i b_i$ in 64-bit floats. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** The Euclidean length of a vector. */
export function norm(values: ArrayLike<number>): number {
  return Math.sqrt(dot(values, values));
}
