import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { blurring } from '../blur.ts';
import { contiguous } from './contiguous.ts';
import type { UnitPlane } from './plane.ts';

/** What {@link felzenszwalbLabels} is told. */
export interface FelzenszwalbOptions {
  /** How strongly large segments are preferred, for colours from 0 to 255. */
  readonly scale: number;
  /** The standard deviation of the blur before. */
  readonly sigma: number;
  /** Smaller segments are joined to a neighbour. */
  readonly minSize: number;
}

/** Segments whose inner differences are small against those across their borders (Felzenszwalb and Huttenlocher 2004). */
export function* felzenszwalbLabels(
  plane: UnitPlane,
  { scale, sigma, minSize }: FelzenszwalbOptions,
): Sliced<Int32Array> {
  const edges = yield* edgesOf(yield* smoothed(plane, sigma));
  const pixels = plane.height * plane.width;
  const sets = disjointSets(pixels);
  const inner = new Float64Array(pixels);
  yield* joinAlong(edges, sets, (a, b, weight) => {
    // Eqs. (4) and (5): the least inner difference of the two, each with scale / size added.
    const least = Math.min((inner[a] as number) + scale / sets.size(a), (inner[b] as number) + scale / sets.size(b));
    if (weight > least) return;
    inner[sets.join(a, b)] = weight;
  });
  yield* joinAlong(edges, sets, (a, b) => {
    if (sets.size(a) < minSize || sets.size(b) < minSize) sets.join(a, b);
  });
  return contiguous(Int32Array.from({ length: pixels }, (_, pixel) => sets.find(pixel)));
}

/** From each pixel four edges: to the right, down, down right, down left. Edge `4 p + k` starts at pixel `p`. */
interface Edges {
  /** What leads to the other end, for each of the four. */
  readonly steps: readonly number[];
  /** Differences of colours; infinite where an edge would leave the image. */
  readonly weights: Float32Array;
  /** Edge numbers by rising weight. */
  readonly order: Uint32Array;
}

function* joinAlong(
  { steps, weights, order }: Edges,
  sets: DisjointSets,
  meet: (a: number, b: number, weight: number) => void,
): Sliced<void> {
  yield* forEachOf(order.length, 60, (i) => {
    const edge = order[i] as number;
    const weight = weights[edge] as number;
    if (weight === Number.POSITIVE_INFINITY) return;
    const a = sets.find(edge >> 2);
    const b = sets.find((edge >> 2) + (steps[edge & 3] as number));
    if (a !== b) meet(a, b, weight);
  });
}

function* smoothed(plane: UnitPlane, sigma: number): Sliced<UnitPlane> {
  const { height, width, channels, data } = plane;
  const colors = data.map((value) => value * 255);
  const blurred = yield* blurring({ shape: [1, height, width, channels], data: colors }, [sigma, sigma]);
  return { ...plane, data: Float64Array.from(blurred.data) };
}

function* edgesOf({ height, width, channels, data }: UnitPlane): Sliced<Edges> {
  const steps = [1, width, width + 1, width - 1];
  const weights = new Float32Array(4 * height * width).fill(Number.POSITIVE_INFINITY);
  yield* forEachOf(height * width, 120, (pixel) => {
    const column = pixel % width;
    steps.forEach((step, k) => {
      const side = [1, 0, 1, -1][k] as number;
      if (column + side < 0 || column + side >= width || pixel + step >= height * width) return;
      let squared = 0;
      for (let c = 0; c < channels; c++) {
        squared += ((data[pixel * channels + c] as number) - (data[(pixel + step) * channels + c] as number)) ** 2;
      }
      weights[4 * pixel + k] = Math.sqrt(squared);
    });
  });
  return { steps, weights, order: yield* rising(weights) };
}

/**
 * The positions of numbers that are not negative by rising number, equal ones in their order. The bits of such floats
 * rise with them: counting sorts them by their lower half, then by their upper one.
 */
function* rising(numbers: Float32Array): Sliced<Uint32Array> {
  const bits = new Uint32Array(numbers.buffer);
  let order = bits.map((_, i) => i);
  for (const shift of [0, 16]) {
    const ends = new Uint32Array(1 << 16);
    const digitOf = (i: number): number => ((bits[i] as number) >>> shift) & 0xffff;
    yield* forEachOf(order.length, 3, (i) => ends[digitOf(i)]!++);
    for (let digit = 1; digit < ends.length; digit++) ends[digit]! += ends[digit - 1] as number;
    const next = new Uint32Array(order.length);
    yield* forEachOf(order.length, 5, (i) => {
      // From the last one on, so that equals keep their order.
      const position = order[order.length - 1 - i] as number;
      next[--ends[digitOf(position)]!] = position;
    });
    order = next;
  }
  return order;
}

/** A partition that grows coarser by joining (union–find with path halving). */
interface DisjointSets {
  /** The element that stands for the set of another. */
  find(element: number): number;
  /** Joins the sets of two representatives and returns the representative of the union. */
  join(a: number, b: number): number;
  /** The number of elements in the set of a representative. */
  size(representative: number): number;
}

/** Starts with every element in a set of its own. */
function disjointSets(count: number): DisjointSets {
  const parents = Int32Array.from({ length: count }, (_, i) => i);
  const sizes = new Int32Array(count).fill(1);
  return {
    find(element) {
      let at = element;
      while (parents[at] !== at) {
        parents[at] = parents[parents[at] as number] as number;
        at = parents[at] as number;
      }
      return at;
    },
    join(a, b) {
      const [root, child] = (sizes[a] as number) >= (sizes[b] as number) ? [a, b] : [b, a];
      parents[child] = root;
      sizes[root] = (sizes[root] as number) + (sizes[child] as number);
      return root;
    },
    size: (representative) => sizes[representative] as number,
  };
}
