import { type NdArray, random } from 'vitrine';

/** Examples in groups around means (Lloyd 1982, the best of three starts), by falling error rate, those near their mean first. */
export function kMeansSlices(
  embeddings: NdArray,
  wrong: readonly boolean[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly (readonly number[])[] {
  const width = embeddings.shape[1] as number;
  const rows = wrong.map((_, i) => embeddings.data.subarray(i * width, (i + 1) * width));
  const runs = [0, 1, 2].map((start) => lloyd(rows, count, random(seed, 12, start).integer));
  const best = runs.reduce((least, run) => (run.error < least.error ? run : least));
  const groups = best.means.map((mean, k) => {
    const members = best.owners.flatMap((owner, i) => (owner === k ? [i] : []));
    const near = (i: number): number => squaredDistance(rows[i] as Float32Array, mean);
    return members.sort((a, b) => near(a) - near(b));
  });
  const rate = (members: readonly number[]): number =>
    members.filter((i) => wrong[i]).length / Math.max(1, members.length);
  return groups.sort((a, b) => rate(b) - rate(a));
}

type Mean = ArrayLike<number>;

function lloyd(rows: readonly Float32Array[], count: number, integer: (below: number) => number) {
  let means: readonly Mean[] = Array.from({ length: count }, () => rows[integer(rows.length)] as Float32Array);
  let owners: readonly number[] = [];
  for (let step = 0; step < 30; step++) {
    owners = rows.map((row) => nearest(row, means));
    means = means.map((mean, k) => meanRow(rows.filter((_, i) => owners[i] === k)) ?? mean);
  }
  const error = rows.reduce((sum, row, i) => sum + squaredDistance(row, means[owners[i] as number] as Mean), 0);
  return { means, owners, error };
}

function nearest(row: Float32Array, means: readonly Mean[]): number {
  const distances = means.map((mean) => squaredDistance(row, mean));
  return distances.indexOf(Math.min(...distances));
}

function meanRow(rows: readonly Float32Array[]): Mean | undefined {
  return rows[0]?.map((_, k) => rows.reduce((sum, row) => sum + (row[k] as number), 0) / rows.length);
}

function squaredDistance(row: Float32Array, mean: Mean): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += ((row[k] as number) - (mean[k] as number)) ** 2;
  return sum;
}
