import { pearson, ranks } from '../../numeric/correlation.ts';
import type { Sliced } from '../../numeric/sliced.ts';

/** How far pictures take the way of an objective's natural images, at one layer. */
export interface PathPoint {
  readonly layer: string;
  /**
   * Per picture: 1 where it is as like the natural images of the objective as these are like each other, 0 where it is as
   * unlike them as other natural images are. `null` where the layer hardly tells the two kinds of images apart: `same` − `different` < 0.1.
   */
  readonly score: Float32Array | null;
  /** How far the natural images of the objective lie from 1 themselves: the standard deviation of their own scores. */
  readonly deviation: number | null;
  /** Per picture the mean rank correlation with the natural images of the objective. */
  readonly correlation: Float32Array;
  /** The mean rank correlation of these images with each other. */
  readonly same: number;
  /** The mean rank correlation of these images with other ones. */
  readonly different: number;
}

/** What units of a layer are, averaged over positions, a vector for each picture. */
export interface Profiles {
  readonly pictures: readonly Float32Array[];
  /** Of the natural images that excite the objective most. */
  readonly top: readonly Float32Array[];
  /** Of some of the other natural images. */
  readonly others: readonly Float32Array[];
  /** Whether a picture is one of the top images itself. */
  readonly isItself: (picture: number, top: number) => boolean;
}

/** Below it, the scale has no length: a layer of few units, or one that does not look at what the objective does. */
const leastDifference = 0.1;

/** The point of a layer on the curve: mean Spearman correlations, on a scale between the two that natural images have. */
export function* pathPoint(layer: string, profiles: Profiles): Sliced<PathPoint> {
  const pictures = yield* ranked(profiles.pictures);
  const top = yield* ranked(profiles.top);
  const others = yield* ranked(profiles.others);
  const isAlone = top.length === 1;
  // One image alone is as like itself as can be.
  const own = isAlone ? [1] : yield* similarities(top, top, (i, j) => i !== j);
  const [same, different] = [average(own), average(yield* similarities(top, others))];
  const found = yield* similarities(pictures, top, (i, j) => isAlone || !profiles.isItself(i, j));
  const scale = same - different >= leastDifference ? same - different : null;
  return {
    layer,
    score: scale === null ? null : Float32Array.from(found, (value) => (value - different) / scale),
    deviation: scale === null ? null : Math.sqrt(average(own.map((value) => (value - same) ** 2))) / scale,
    correlation: Float32Array.from(found),
    same,
    different,
  };
}

function* ranked(profiles: readonly Float32Array[]): Sliced<readonly Float64Array[]> {
  const found: Float64Array[] = [];
  for (const units of profiles) {
    found.push(ranks(units));
    yield 10 * units.length * Math.log2(units.length + 1);
  }
  return found;
}

/** Of each row the mean correlation of ranks with the columns that count. */
function* similarities(
  rows: readonly Float64Array[],
  columns: readonly Float64Array[],
  counts: (row: number, column: number) => boolean = () => true,
): Sliced<readonly number[]> {
  const means: number[] = [];
  for (const [i, row] of rows.entries()) {
    const compared = columns.filter((_, j) => counts(i, j));
    means.push(average(compared.map((column) => correlation(row, column))));
    yield 4 * compared.length * row.length;
  }
  return means;
}

/** Units that are all alike, as dead ones are, say nothing about any others. */
function correlation(a: Float64Array, b: Float64Array): number {
  const found = pearson(a, b);
  return Number.isNaN(found) ? 0 : found;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
