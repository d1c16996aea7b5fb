/** Two clusters that became one. */
export interface WardMerge {
  /** Their numbers, the one with the smaller number first: rows come first, then merges in order. */
  readonly children: readonly [number, number];
  /** $\sqrt{2 |A| |B| / (|A| + |B|)} \, \|\bar a - \bar b\|$. */
  readonly height: number;
}

/**
 * Agglomerative clustering of rows by Ward's criterion: always the two clusters whose union raises the sum of squared
 * distances from the means least, of equals the first ones.
 *
 * Source: Ward 1963; the heights are those of scipy's and scikit-learn's `ward`.
 */
export function wardClusters(rows: readonly ArrayLike<number>[]): readonly WardMerge[] {
  const clusters = rows.map((row): Cluster => ({ mean: Float64Array.from(row), size: 1 }));
  const active = new Set(clusters.keys());
  const merges: WardMerge[] = [];
  const distances: number[][] = clusters.map((_, i) => clusters.slice(0, i).map((_, j) => distance(j, i)));
  while (active.size > 1) {
    let best: WardMerge | undefined;
    for (const b of active) {
      for (const a of active) {
        if (a >= b) break;
        const height = distances[b]?.[a] as number;
        if (!best || height < best.height || (height === best.height && a < best.children[0])) {
          best = { children: [a, b], height };
        }
      }
    }
    const merge = best as WardMerge;
    const number = clusters.push(union(...merge.children)) - 1;
    for (const child of merge.children) active.delete(child);
    distances[number] = [];
    for (const other of active) (distances[number] as number[])[other] = distance(other, number);
    active.add(number);
    merges.push(merge);
  }
  return merges;

  function at(number: number): Cluster {
    return clusters[number] as Cluster;
  }

  function distance(first: number, second: number): number {
    const [a, b] = [at(first), at(second)];
    const square = a.mean.reduce((sum, value, i) => sum + (value - (b.mean[i] as number)) ** 2, 0);
    return Math.sqrt((2 * a.size * b.size * square) / (a.size + b.size));
  }

  function union(first: number, second: number): Cluster {
    const [a, b] = [at(first), at(second)];
    const size = a.size + b.size;
    return { mean: a.mean.map((value, i) => (a.size * value + b.size * (b.mean[i] as number)) / size), size };
  }
}

interface Cluster {
  readonly mean: Float64Array;
  readonly size: number;
}
