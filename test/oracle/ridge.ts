/** The intercept and the coefficients that minimise Σ w (y − b − x·β)² + λ |β|², by Gaussian elimination. */
export function ridgeWithIntercept(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  { weights, ridge }: { weights: readonly number[]; ridge: number },
): number[] {
  const extended = rows.map((row) => [1, ...row]);
  const size = (extended[0] as number[]).length;
  const total = (term: (row: number) => number): number =>
    rows.reduce((sum, _, row) => sum + (weights[row] as number) * term(row), 0);
  const at = (row: number, i: number): number => (extended[row] as number[])[i] as number;
  const system = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) => total((r) => at(r, i) * at(r, j)) + (i === j && i > 0 ? ridge : 0)),
    total((r) => at(r, i) * (values[r] as number)),
  ]);
  return eliminated(system);
}

/** The solution of a linear system whose last column is the right side. */
function eliminated(system: number[][]): number[] {
  const size = system.length;
  for (let i = 0; i < size; i++) {
    const best = system.slice(i).reduce((a, b) => (Math.abs(b[i] as number) > Math.abs(a[i] as number) ? b : a));
    system.splice(system.indexOf(best), 1);
    system.splice(i, 0, best);
    system.forEach((row, r) => {
      if (r === i) return;
      const factor = (row[i] as number) / (best[i] as number);
      best.forEach((value, c) => (row[c] = (row[c] as number) - factor * value));
    });
  }
  return system.map((row, i) => (row[size] as number) / (row[i] as number));
}
