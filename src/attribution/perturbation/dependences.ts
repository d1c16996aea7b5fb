import { medianDistance } from '../../numeric/medianDistance.ts';
import type { Sliced } from '../../numeric/sliced.ts';

/**
 * How far scores depend on whether each cell is shown: $\frac{1}{(N - 1)^2} \mathrm{tr}(K H L H)$ of its masks and the
 * scores.
 *
 * What is centred does not see the constant and the squares of the kernel $\frac12 - (m - m')^2 = \frac12 - m^2 - m'^2
 * + 2 m m'$ on masks, so that the trace is $2 (H m)^T L (H m)$ for all cells: a product of the symmetric Gaussian L with
 * the matrix of masks, of which each row is made when it is needed.
 *
 * @param masks of each cell, 1 where it is shown; of as many samples as there are scores, or more.
 */
export function* dependences(masks: readonly Int32Array[], scores: Float64Array): Sliced<Float64Array> {
  const count = scores.length;
  if (count < 2) return new Float64Array(masks.length);
  // 2⁸ steps of bisection at the most, as a rule.
  yield 256 * count;
  const width = medianDistance(scores) || 1;
  const [within, beside] = [new Float64Array(masks.length), new Float64Array(masks.length)];
  const row = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const sum = gaussians(scores, i, { width, row });
    total += sum;
    masks.forEach((shown, cell) => {
      if (!shown[i]) return;
      beside[cell]! += sum;
      within[cell]! += 1 + 2 * sumBefore(row, shown, i);
    });
    yield 10 * count + (masks.length * i) / 2;
  }
  return within.map((value, cell) => {
    const shown = masks[cell]?.subarray(0, count).reduce((sum, one) => sum + one, 0) as number;
    const mean = shown / count;
    return (2 * (value - 2 * mean * (beside[cell] as number) + mean * mean * total)) / (count - 1) ** 2;
  });
}

/** A row of the Gaussian kernel on scores; returns its sum. */
function gaussians(
  scores: Float64Array,
  i: number,
  { width, row }: { readonly width: number; readonly row: Float64Array },
): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) {
    const value = Math.exp(-0.5 * (((scores[i] as number) - (scores[j] as number)) / width) ** 2);
    row[j] = value;
    sum += value;
  }
  return sum;
}

/** The sum of what comes before a place and is shown: the other half of a symmetric matrix is the same. */
function sumBefore(row: Float64Array, shown: Int32Array, end: number): number {
  let sum = 0;
  for (let j = 0; j < end; j++) sum += (shown[j] as number) * (row[j] as number);
  return sum;
}
