import type { NdArray } from '../../src/numeric/ndarray.ts';

interface Head {
  readonly kernel: NdArray;
  readonly bias: NdArray | undefined;
  readonly training: Examples;
  readonly test: Examples;
  /** λ, for every weight. */
  readonly damping: number;
}

interface Examples {
  readonly inputs: readonly NdArray[];
  readonly labels: readonly number[];
}

/** g_tᵀ (H + λ)⁻¹ g_i / n of a linear softmax model, with the Hessian as a matrix, solved by elimination. */
export function exactInfluence({ kernel, bias, training, test, damping }: Head): NdArray {
  const [d, classes] = kernel.shape as [number, number];
  const rowsOf = ({ inputs: [x] }: Examples): number[][] =>
    Array.from({ length: x?.shape[0] as number }, (_, i) => [
      ...(x as NdArray).data.slice(i * d, (i + 1) * d),
      ...(bias ? [1] : []),
    ]);
  const likely = (row: number[]): number[] => {
    const scores = Array.from({ length: classes }, (_, k) =>
      row.reduce((sum, value, j) => sum + value * (j < d ? kernel.data[j * classes + k] : bias?.data[k])!, 0),
    );
    const total = scores.reduce((sum, z) => sum + Math.exp(z), 0);
    return scores.map((z) => Math.exp(z) / total);
  };
  const gradients = (examples: Examples): number[][] =>
    rowsOf(examples).map((row, i) => {
      const p = likely(row);
      return row.flatMap((value) => p.map((share, k) => value * (share - (k === examples.labels[i] ? 1 : 0))));
    });
  const rows = rowsOf(training);
  const size = (rows[0] as number[]).length * classes;
  const hessian = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (_, b) => (a === b ? damping : 0)),
  );
  for (const row of rows) {
    const p = likely(row);
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) {
        const [k, m] = [a % classes, b % classes];
        const curved = (p[k] as number) * ((k === m ? 1 : 0) - (p[m] as number));
        const met = (row[Math.floor(a / classes)] as number) * (row[Math.floor(b / classes)] as number);
        (hessian[a] as number[])[b]! += (met * curved) / rows.length;
      }
  }
  const own = gradients(training);
  const data = gradients(test).flatMap((gradient) => {
    const solved = eliminated(hessian, gradient);
    return own.map((other) => other.reduce((sum, value, i) => sum + value * (solved[i] as number), 0) / rows.length);
  });
  return { shape: [test.labels.length, rows.length], data: Float32Array.from(data) };
}

/** A⁻¹ b, by Gauss's elimination with pivots. */
function eliminated(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const best = rows.reduce((most, row, j) => (j >= i && Math.abs(row[i]!) > Math.abs(rows[most]![i]!) ? j : most), i);
    [rows[i], rows[best]] = [rows[best] as number[], rows[i] as number[]];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const factor = rows[j]![i]! / rows[i]![i]!;
      for (let k = i; k <= n; k++) rows[j]![k]! -= factor * rows[i]![k]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}
