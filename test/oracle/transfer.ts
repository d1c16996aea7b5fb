/** Rows of numbers. */
export type Rows = readonly (readonly number[])[];

/** log p(t | F, α, β) of t = F w + ε: a Gaussian with the covariance F Fᵀ / α + I / β, by elimination. */
function logMarginal(features: Rows, target: readonly number[], alpha: number, beta: number): number {
  const matrix = features.map((a, i) => features.map((b, j) => inner(a, b) / alpha + (i === j ? 1 / beta : 0)));
  const { solution, logDeterminant } = solved(matrix, target);
  return -0.5 * (inner(target, solution) + logDeterminant + target.length * Math.log(2 * Math.PI));
}

/** The greatest log marginal, by looking at ever finer grids of log α and log β. */
export function greatestLogMarginal(features: Rows, target: readonly number[]): number {
  let [a, b, best] = [0, 0, Number.NEGATIVE_INFINITY];
  for (let width = 4; width > 1e-5; width *= 0.7) {
    const [fromA, fromB] = [a, b];
    for (let i = -4; i <= 4; i++) {
      for (let j = -4; j <= 4; j++) {
        const [tryA, tryB] = [fromA + (i * width) / 4, fromB + (j * width) / 4];
        const value = logMarginal(features, target, Math.exp(tryA), Math.exp(tryB));
        if (value > best) [a, b, best] = [tryA, tryB, value];
      }
    }
  }
  return best;
}

/** The solution of A x = b and log |A|, by Gauss' elimination of a positive definite matrix. */
export function solved(
  matrix: Rows,
  right: readonly number[],
): { readonly solution: readonly number[]; readonly logDeterminant: number } {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const n = rows.length;
  let logDeterminant = 0;
  for (let k = 0; k < n; k++) {
    const pivot = rows[k] as number[];
    logDeterminant += Math.log(pivot[k] as number);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const row = rows[i] as number[];
      const share = (row[k] as number) / (pivot[k] as number);
      for (let j = k; j <= n; j++) row[j] = (row[j] as number) - share * (pivot[j] as number);
    }
  }
  return { solution: rows.map((row, k) => (row[n] as number) / (row[k] as number)), logDeterminant };
}

/** CKA by whole Gram matrices: centred on both sides, or U-centred (Székely and Rizzo 2014), with a zero diagonal. */
export function naiveCka(a: Rows, b: Rows, debiased: boolean): number {
  const center = debiased ? doublyUCentered : doublyCentered;
  const [k, l] = [center(gram(a)), center(gram(b))];
  return frobenius(k, l) / Math.sqrt(frobenius(k, k) * frobenius(l, l));
}

function gram(rows: Rows): number[][] {
  return rows.map((a) => rows.map((b) => inner(a, b)));
}

function doublyCentered(matrix: Rows): number[][] {
  const n = matrix.length;
  const sums = matrix.map(sum);
  return matrix.map((row, i) =>
    row.map((value, j) => value - ((sums[i] as number) + (sums[j] as number)) / n + sum(sums) / n ** 2),
  );
}

function doublyUCentered(matrix: Rows): number[][] {
  const n = matrix.length;
  const open = matrix.map((row, i) => row.map((value, j) => (i === j ? 0 : value)));
  const sums = open.map(sum);
  return open.map((row, i) =>
    row.map((value, j) =>
      i === j ? 0 : value - ((sums[i] as number) + (sums[j] as number)) / (n - 2) + sum(sums) / ((n - 1) * (n - 2)),
    ),
  );
}

function frobenius(a: Rows, b: Rows): number {
  return a.reduce((total, row, i) => total + inner(row, b[i] as readonly number[]), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

export function inner(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * (b[i] as number), 0);
}
