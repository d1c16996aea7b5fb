import type { Random } from './random.ts';
import { forEachOf, type Sliced } from './sliced.ts';

/** Points to be laid out, `[count, length]`, and how. */
export interface TsneRequest {
  readonly points: ArrayLike<number>;
  readonly count: number;
  /** About how many neighbours a point has; less than `count`. */
  readonly perplexity: number;
  readonly steps: number;
  readonly random: Random;
  /** Told the divergence every so often, and after the last step. */
  readonly onStep?: (step: number, divergence: () => number) => void;
}

/** Places of points in a plane. */
export interface TsneLayout {
  /** `[count, 2]` */
  readonly places: Float64Array;
  /** KL(P ‖ Q), in nats. */
  readonly divergence: number;
}

/** For how long neighbours pull harder than they are to, and how much; van der Maaten and Hinton 2008, §3.4. */
const EARLY = { share: 0.25, exaggeration: 12 } as const;

/**
 * Exact t-SNE: points in a plane whose neighbours are those of points in a space.
 *
 * Source: van der Maaten and Hinton 2008, "Visualizing data using t-SNE"; the step size is that of Belkina et al. 2019.
 */
export function* tsne(request: TsneRequest): Sliced<TsneLayout> {
  const { count, steps, random, onStep } = request;
  const affinities = yield* jointAffinities(request);
  const places = Float64Array.from({ length: 2 * count }, () => 1e-4 * random.normal());
  const [movement, gains] = [new Float64Array(2 * count), new Float64Array(2 * count).fill(1)];
  const learningRate = Math.max(count / EARLY.exaggeration / 4, 50);
  for (let step = 0; step < steps; step++) {
    const isEarly = step < EARLY.share * steps;
    const gradient = yield* gradientAt(places, affinities, isEarly ? EARLY.exaggeration : 1);
    move({ places, movement, gains }, gradient, { learningRate, momentum: isEarly ? 0.5 : 0.8 });
    recenter(places);
    onStep?.(step, () => divergenceOf(places, affinities));
  }
  return { places, divergence: divergenceOf(places, affinities) };
}

/** How near two points are to each other: p of the pairs with i < j, the lines of the upper triangle one after the other. */
type Affinities = Float32Array;

/** p_ij = (p_{j|i} + p_{i|j}) / 2n, eqs. (1) and (2) with the width of each point that its perplexity asks for. */
function* jointAffinities({ points, count, perplexity }: TsneRequest): Sliced<Affinities> {
  const length = points.length / count;
  const joint = new Float32Array((count * (count - 1)) / 2);
  const squares = new Float64Array(count);
  yield* forEachOf(count, count * (length + 200), (i) => {
    for (let j = 0; j < count; j++) squares[j] = squaredDistance(points, { i, j, length });
    const own = conditional(squares, i, perplexity);
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      const at = pairAt(Math.min(i, j), Math.max(i, j), count);
      joint[at] = (joint[at] as number) + (own[j] as number) / (2 * count);
    }
  });
  return joint;
}

function pairAt(i: number, j: number, count: number): number {
  return i * count - (i * (i + 1)) / 2 + j - i - 1;
}

function squaredDistance(
  points: ArrayLike<number>,
  { i, j, length }: { readonly i: number; readonly j: number; readonly length: number },
): number {
  let sum = 0;
  for (let k = 0, a = i * length, b = j * length; k < length; k++, a++, b++) {
    const difference = (points[a] as number) - (points[b] as number);
    sum += difference * difference;
  }
  return sum;
}

/** p_{j|i}: a Gaussian whose entropy is the logarithm of the perplexity; its width by bisection. */
function conditional(squares: Float64Array, own: number, perplexity: number): Float64Array {
  const shares = new Float64Array(squares.length);
  const wanted = Math.log(perplexity);
  let [beta, low, high] = [1, 0, Number.POSITIVE_INFINITY];
  for (let trial = 0; trial < 64; trial++) {
    const entropy = gaussianShares(shares, { squares, own, beta });
    if (Math.abs(entropy - wanted) < 1e-5) break;
    if (entropy > wanted) low = beta;
    else high = beta;
    beta = high === Number.POSITIVE_INFINITY ? beta * 2 : (low + high) / 2;
  }
  return shares;
}

/** Fills shares e^{−β d²} / Σ and returns their entropy. */
function gaussianShares(
  shares: Float64Array,
  { squares, own, beta }: { readonly squares: Float64Array; readonly own: number; readonly beta: number },
): number {
  let [nearest, total, weighted] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let j = 0; j < shares.length; j++) if (j !== own) nearest = Math.min(nearest, squares[j] as number);
  for (let j = 0; j < shares.length; j++) {
    const beyond = (squares[j] as number) - nearest;
    const share = j === own ? 0 : Math.exp(-beta * beyond);
    shares[j] = share;
    total += share;
    weighted += share * beyond;
  }
  for (let j = 0; j < shares.length; j++) shares[j] = (shares[j] as number) / total;
  return Math.log(total) + (beta * weighted) / total;
}

/** 4 Σ_j (p_ij − q_ij) (y_i − y_j) / (1 + |y_i − y_j|²), eq. (5), with exaggerated p; all of it from one pass over the pairs. */
function* gradientAt(places: Float64Array, affinities: Affinities, exaggeration: number): Sliced<Float64Array> {
  const count = places.length / 2;
  const [pull, push] = [new Float64Array(2 * count), new Float64Array(2 * count)];
  let total = 0;
  yield* forEachOf(count, 8 * count, (i) => {
    total += 2 * addForces(i, { places, affinities, pull, push });
  });
  return pull.map((force, k) => 4 * (exaggeration * force - (push[k] as number) / total));
}

interface Forces {
  readonly places: Float64Array;
  readonly affinities: Affinities;
  readonly pull: Float64Array;
  readonly push: Float64Array;
}

/** Adds what the pairs of a point with those behind it do to both, and returns Σ 1 / (1 + |y_i − y_j|²). */
function addForces(i: number, { places, affinities, pull, push }: Forces): number {
  const count = places.length / 2;
  const [x, y] = [places[2 * i] as number, places[2 * i + 1] as number];
  let [total, pullX, pullY, pushX, pushY] = [0, 0, 0, 0, 0];
  for (let j = i + 1, at = pairAt(i, j, count); j < count; j++, at++) {
    const [dx, dy] = [x - (places[2 * j] as number), y - (places[2 * j + 1] as number)];
    const near = 1 / (1 + dx * dx + dy * dy);
    const attraction = (affinities[at] as number) * near;
    const repulsion = near * near;
    total += near;
    pullX += attraction * dx;
    pullY += attraction * dy;
    pushX += repulsion * dx;
    pushY += repulsion * dy;
    pull[2 * j]! -= attraction * dx;
    pull[2 * j + 1]! -= attraction * dy;
    push[2 * j]! -= repulsion * dx;
    push[2 * j + 1]! -= repulsion * dy;
  }
  pull[2 * i]! += pullX;
  pull[2 * i + 1]! += pullY;
  push[2 * i]! += pushX;
  push[2 * i + 1]! += pushY;
  return total;
}

/** A step with momentum and a gain for each coordinate, Jacobs 1988. */
function move(
  {
    places,
    movement,
    gains,
  }: { readonly places: Float64Array; readonly movement: Float64Array; readonly gains: Float64Array },
  gradient: Float64Array,
  { learningRate, momentum }: { readonly learningRate: number; readonly momentum: number },
): void {
  for (let k = 0; k < places.length; k++) {
    const turned = (gradient[k] as number) > 0 === (movement[k] as number) > 0;
    gains[k] = Math.max(0.01, turned ? (gains[k] as number) * 0.8 : (gains[k] as number) + 0.2);
    movement[k] = momentum * (movement[k] as number) - learningRate * (gains[k] as number) * (gradient[k] as number);
    places[k]! += movement[k] as number;
  }
}

function recenter(places: Float64Array): void {
  const count = places.length / 2;
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += places[2 * i + axis] as number;
    for (let i = 0; i < count; i++) places[2 * i + axis]! -= sum / count;
  }
}

/** KL(P ‖ Q) = Σ p log(p / q), over all ordered pairs. */
function divergenceOf(places: Float64Array, affinities: Affinities): number {
  const count = places.length / 2;
  let [total, sum, mass] = [0, 0, 0];
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, at++) {
      const dx = (places[2 * i] as number) - (places[2 * j] as number);
      const dy = (places[2 * i + 1] as number) - (places[2 * j + 1] as number);
      const apart = 1 + dx * dx + dy * dy;
      const p = affinities[at] as number;
      total += 2 / apart;
      mass += 2 * p;
      if (p > 0) sum += 2 * p * Math.log(p * apart);
    }
  }
  return sum + mass * Math.log(total);
}
