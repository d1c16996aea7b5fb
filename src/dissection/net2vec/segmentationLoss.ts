import type { Sliced } from '../../numeric/sliced.ts';
import type { Axis } from '../masks/axes.ts';
import { interpolated } from '../masks/litPixels.ts';
import { fillRuns, runLength, type SparseSample } from './sparseSample.ts';

/** About how many operations a pixel takes, and a unit that is on at a position. */
const PIXEL = 40;
const HIT = 5;

/** The images that a concept is learnt from, and how their positions lie. */
export interface Segmentation {
  readonly samples: readonly SparseSample[];
  /** The place of the concept. */
  readonly concept: number;
  readonly units: number;
  readonly axes: readonly [Axis, Axis];
}

/** How much a pixel of the concept and one outside of it count. */
interface Balance {
  readonly inside: number;
  readonly outside: number;
}

/** α and 1 − α for an α of 1 − the mean share of pixels that the concept has; 1 and 1 where it has all of them. */
export function balanceOf({ samples, concept, axes }: Segmentation): Balance {
  const pixels = axes[0].before.length * axes[1].before.length;
  const covered = samples.reduce((sum, { runs }) => sum + runLength(runs.get(concept) as Uint32Array), 0);
  const outside = covered / (samples.length * pixels);
  return outside === 1 ? { inside: 1, outside: 1 } : { inside: 1 - outside, outside };
}

/** $\sum_k w_k B_k$ at every position. */
export function weightedHits({ hits }: SparseSample, weights: Float64Array, positions: number): Float64Array {
  const sums = new Float64Array(positions);
  for (const hit of hits) {
    const position = Math.floor(hit / weights.length);
    sums[position] = (sums[position] as number) + (weights[hit % weights.length] as number);
  }
  return sums;
}

/**
 * $L = -\frac{1}{N} \sum_x \sum_p [\alpha M L_c + (1 - \alpha)(1 - M)(1 - L_c)]$ with
 * $M = \sigma(\mathrm{up}(\sum_k w_k B_k))$, and its gradient with respect to w.
 */
export function* segmentationLoss(
  { samples, concept, units, axes }: Segmentation,
  { inside, outside }: Balance,
  weights: Float64Array,
): Sliced<{ loss: number; gradient: Float64Array }> {
  const positions = (axes[0].first.length - 1) * (axes[1].first.length - 1);
  const coefficients = new Float64Array(axes[0].before.length * axes[1].before.length);
  const gradient = new Float64Array(units);
  let reward = 0;
  for (const sample of samples) {
    const runs = sample.runs.get(concept) as Uint32Array;
    coefficients.fill(-outside);
    fillRuns(coefficients, runs, inside);
    reward += outside * (coefficients.length - runLength(runs));
    const slopes = new Float64Array(positions);
    reward += rewardOf({ coefficients, axes }, weightedHits(sample, weights, positions), slopes);
    for (const hit of sample.hits) {
      const unit = hit % units;
      gradient[unit] = (gradient[unit] as number) - (slopes[Math.floor(hit / units)] as number) / samples.length;
    }
    yield PIXEL * coefficients.length + HIT * sample.hits.length;
  }
  return { loss: -reward / samples.length, gradient };
}

/** Σ coefficient · σ(z) over all pixels, whose slopes with respect to the sums at positions are added to `slopes`. */
function rewardOf(
  { coefficients, axes: [rows, columns] }: { coefficients: Float64Array; axes: readonly [Axis, Axis] },
  sums: Float64Array,
  slopes: Float64Array,
): number {
  const [height, width] = [rows.first.length - 1, columns.first.length - 1];
  let reward = 0;
  for (let top = 0; top < height; top++) {
    for (let left = 0; left < width; left++) {
      const right = left + 1 < width ? 1 : 0;
      const below = top + 1 < height ? width : 0;
      const first = top * width + left;
      const places = [first, first + right, first + below, first + below + right] as const;
      const [a, b, c, d] = places.map((place) => sums[place] as number) as [number, number, number, number];
      const own = [0, 0, 0, 0] as [number, number, number, number];
      for (let y = rows.first[top] as number; y < (rows.first[top + 1] as number); y++) {
        const down = rows.fraction[y] as number;
        for (let x = columns.first[left] as number; x < (columns.first[left + 1] as number); x++) {
          const along = columns.fraction[x] as number;
          const coefficient = coefficients[y * columns.before.length + x] as number;
          const mask = 1 / (1 + Math.exp(-interpolated(a, b, c, d, down, along)));
          const slope = coefficient * mask * (1 - mask);
          reward += coefficient * mask;
          own[0] += slope * (1 - down) * (1 - along);
          own[1] += slope * (1 - down) * along;
          own[2] += slope * down * (1 - along);
          own[3] += slope * down * along;
        }
      }
      places.forEach((place, corner) => {
        slopes[place] = (slopes[place] as number) + (own[corner] as number);
      });
    }
  }
  return reward;
}
