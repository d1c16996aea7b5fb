import { quickselect } from 'd3-array';

/** A way from one point to another that is decided step by step, in 64-bit floats. */
export interface GuidedWalk {
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Where it is. */
  readonly position: Float64Array;
  /** What each feature's moves have gathered: move times gradient. */
  readonly gathered: Float64Array;
}

/** A step of a walk, numbered from 0. */
export interface GuidedStep {
  readonly step: number;
  readonly steps: number;
  readonly share: number;
  readonly maxDistance: number;
}

/** A walk that has not moved yet. */
export function guidedWalk(from: Float64Array, to: Float64Array): GuidedWalk {
  return { from, to, position: from.slice(), gathered: new Float64Array(from.length) };
}

/** Moves by the gradient at the position: one iteration of Algorithm 1, Kapishnikov et al. 2021. */
export function advance(walk: GuidedWalk, gradient: Float64Array, options: GuidedStep): void {
  const { from, to, position, gathered } = walk;
  const { step, steps, share, maxDistance } = options;
  const part = (step + 1) / steps;
  const whole = distance(from, to);
  const before = position.slice();
  catchUp(walk, Math.max(part - maxDistance, 0));
  const ahead = onStraightPath(walk, Math.min(part + maxDistance, 1));
  const magnitudes = gradient.map(Math.abs);
  // The distance that is left shall be that on the straight path; sums of many features are off by rounding.
  for (;;) {
    const excess = distance(position, to) - whole * (1 - part);
    if (excess <= 1e-9 * whole || !moveSmallest(position, { ahead, magnitudes, share, excess })) break;
  }
  for (let i = 0; i < position.length; i++) {
    const move = (position[i] as number) - (before[i] as number);
    gathered[i] = (gathered[i] as number) + move * (gradient[i] as number);
  }
}

interface Move {
  /** How far each feature may come. */
  readonly ahead: Float64Array;
  /** Of the gradient; infinite where a feature has come so far. */
  readonly magnitudes: Float64Array;
  readonly share: number;
  /** The distance that the move shall make up. */
  readonly excess: number;
}

/** Moves the share of the features with the smallest gradients, and says whether others have to follow. */
function moveSmallest(position: Float64Array, { ahead, magnitudes, share, excess }: Move): boolean {
  for (let i = 0; i < position.length; i++) {
    if (position[i] === ahead[i]) magnitudes[i] = Number.POSITIVE_INFINITY;
  }
  const threshold = lowerQuantile(magnitudes, share);
  const isMoving = (i: number): boolean => position[i] !== ahead[i] && (magnitudes[i] as number) <= threshold;
  let room = 0;
  for (let i = 0; i < position.length; i++) {
    if (isMoving(i)) room += Math.abs((ahead[i] as number) - (position[i] as number));
  }
  if (room === 0) return false;
  const part = excess / room;
  for (let i = 0; i < position.length; i++) {
    if (!isMoving(i)) continue;
    const [here, there] = [position[i] as number, ahead[i] as number];
    position[i] = part < 1 ? here + part * (there - here) : there;
  }
  return part > 1;
}

/** Features that are behind a share of their way are brought there. */
function catchUp({ from, to, position }: GuidedWalk, share: number): void {
  for (let i = 0; i < position.length; i++) {
    const start = from[i] as number;
    const way = (to[i] as number) - start;
    if (way !== 0 && ((position[i] as number) - start) / way < share) position[i] = start + share * way;
  }
}

function onStraightPath({ from, to }: GuidedWalk, share: number): Float64Array {
  return from.map((start, i) => start + share * ((to[i] as number) - start));
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum;
}

/** The value at the share of the order, without interpolation. */
function lowerQuantile(values: Float64Array, share: number): number {
  const index = Math.floor((values.length - 1) * share);
  return quickselect(values.slice(), index)[index] as number;
}
