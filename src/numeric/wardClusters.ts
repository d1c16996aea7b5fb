import type { Sliced } from './sliced.ts';

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
 * Each cluster knows the nearest of those before it, which merges can only move away: it is looked up again when it is
 * gone and its distance is the least one. Chains of nearest neighbours would do the same, but choose otherwise among
 * equals. Time and memory are those of all pairs.
 *
 * Source: Ward 1963; the heights are those of scipy's and scikit-learn's `ward`. Müllner 2011, "Modern hierarchical,
 * agglomerative clustering algorithms", §2.3, on nearest neighbours that are looked up late.
 */
export function* wardClusters(rows: readonly ArrayLike<number>[]): Sliced<readonly WardMerge[]> {
  const active = new Set<Cluster>();
  const distances = new Float64Array((rows.length * (rows.length - 1)) / 2);
  for (const [number, row] of rows.entries()) {
    yield* join(active, distances, { number, slot: number, mean: Float64Array.from(row), size: 1, nearest: undefined });
  }
  const merges: WardMerge[] = [];
  while (active.size > 1) {
    const second = closest(active, distances);
    const { cluster: first, distance: height } = second.nearest as Nearest;
    active.delete(first);
    active.delete(second);
    merges.push({ children: [first.number, second.number], height });
    yield* join(active, distances, unionOf(first, second, rows.length + merges.length - 1));
  }
  return merges;
}

interface Cluster {
  readonly number: number;
  /** Its place in the table of distances. */
  readonly slot: number;
  readonly mean: Float64Array;
  readonly size: number;
  /** The nearest cluster of a smaller number, the first of equals; none of the first cluster. */
  nearest: Nearest | undefined;
}

interface Nearest {
  readonly cluster: Cluster;
  readonly distance: number;
}

/** Adds a cluster of a greater number than all others. */
function* join(active: Set<Cluster>, distances: Float64Array, cluster: Cluster): Sliced<void> {
  for (const other of active) {
    distances[placeOf(other, cluster)] = distanceBetween(other, cluster);
    yield cluster.mean.length;
  }
  cluster.nearest = nearestOf(cluster, active, { distances, least: 0 });
  active.add(cluster);
}

/** The cluster that is nearest to one before it; of equals that with the first such one, and the first with that. */
function closest(active: Set<Cluster>, distances: Float64Array): Cluster {
  const isKnown = ({ nearest }: Cluster): boolean => nearest !== undefined && active.has(nearest.cluster);
  let best: Cluster | undefined;
  for (const cluster of active) if (isKnown(cluster) && isBefore(cluster, best)) best = cluster;
  for (const cluster of active) {
    const { nearest } = cluster;
    if (!nearest || isKnown(cluster) || nearest.distance > (best?.nearest?.distance ?? Number.POSITIVE_INFINITY))
      continue;
    cluster.nearest = nearestOf(cluster, active, { distances, least: nearest.distance });
    if (isBefore(cluster, best)) best = cluster;
  }
  return best as Cluster;
}

/** Looks among the active clusters of smaller numbers, none of which is nearer than `least`. */
function nearestOf(
  cluster: Cluster,
  active: Set<Cluster>,
  { distances, least }: { readonly distances: Float64Array; readonly least: number },
): Nearest | undefined {
  let found: Nearest | undefined;
  for (const other of active) {
    if (other.number >= cluster.number || found?.distance === least) break;
    const distance = distances[placeOf(other, cluster)] as number;
    if (!found || distance < found.distance) found = { cluster: other, distance };
  }
  return found;
}

function isBefore({ number, nearest }: Cluster, best: Cluster | undefined): boolean {
  if (!nearest) return false;
  if (!best?.nearest) return true;
  const order = [
    nearest.distance - best.nearest.distance,
    nearest.cluster.number - best.nearest.cluster.number,
    number - best.number,
  ];
  return (order.find((difference) => difference !== 0) ?? 0) < 0;
}

function placeOf({ slot: a }: Cluster, { slot: b }: Cluster): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return (high * (high - 1)) / 2 + low;
}

function distanceBetween(a: Cluster, b: Cluster): number {
  let square = 0;
  for (let i = 0; i < a.mean.length; i++) square += ((a.mean[i] as number) - (b.mean[i] as number)) ** 2;
  return Math.sqrt((2 * a.size * b.size * square) / (a.size + b.size));
}

/** The union of two clusters, in the place of the first. */
function unionOf(a: Cluster, b: Cluster, number: number): Cluster {
  const size = a.size + b.size;
  const mean = a.mean.map((value, i) => (a.size * value + b.size * (b.mean[i] as number)) / size);
  return { number, slot: a.slot, mean, size, nearest: undefined };
}
