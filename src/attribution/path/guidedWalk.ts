import { quickselect } from 'd3-array';

/** A way from one point to another that is decided step by step, in 64-bit floats. */
export interface GuidedWalk {
  /** Where it is. */
  readonly position: Float64Array;
  /** What each feature's moves have gathered: move times gradient. */
  readonly gathered: Float64Array;
  /** Moves by the gradient at the position; steps are numbered from 0. */
  advance(gradient: Float64Array, step: number): void;
}

/** How {@link guidedWalk} moves. */
export interface GuidedWalkOptions {
  readonly steps: number;
  readonly fraction: number;
  readonly maxDistance: number;
}

/** Algorithm 1, Kapishnikov et al. 2021. */
export function guidedWalk(
  from: Float64Array,
  to: Float64Array,
  { steps, fraction, maxDistance }: GuidedWalkOptions,
): GuidedWalk {
  const position = from.slice();
  const gathered = new Float64Array(from.length);
  const whole = distance(from, to);
  const on = (share: number): Float64Array => from.map((start, i) => start + share * ((to[i] as number) - start));

  return {
    position,
    gathered,
    advance(gradient, step) {
      if (whole === 0) return;
      const share = (step + 1) / steps;
      const least = Math.max(share - maxDistance, 0);
      const [behind, ahead] = [on(least), on(Math.min(share + maxDistance, 1))];
      const left = whole * (1 - share);
      const magnitudes = gradient.map(Math.abs);
      for (let overshoot = Number.POSITIVE_INFINITY; overshoot > 1; ) {
        const before = position.slice();
        catchUp({ position, from, to, behind, least });
        const remaining = distance(position, to);
        if (Math.abs(remaining - left) <= 1e-9 * Math.max(whole, remaining)) {
          gather(gathered, { before, position, gradient });
          return;
        }
        // What has come as far as it may does not count any more.
        position.forEach((value, i) => {
          if (value === ahead[i]) magnitudes[i] = Number.POSITIVE_INFINITY;
        });
        const threshold = lowerQuantile(magnitudes, fraction);
        if (threshold === Number.POSITIVE_INFINITY) {
          gather(gathered, { before, position, gradient });
          return;
        }
        const moving = magnitudes.map((magnitude) => Number(magnitude <= threshold));
        const room = position.reduce(
          (sum, value, i) => sum + (moving[i] as number) * Math.abs(value - (ahead[i] as number)),
          0,
        );
        overshoot = room > 0 ? (remaining - left) / room : Number.POSITIVE_INFINITY;
        const part = Math.min(overshoot, 1);
        position.forEach((value, i) => {
          if (!moving[i]) return;
          position[i] = part === 1 ? (ahead[i] as number) : value + part * ((ahead[i] as number) - value);
        });
        gather(gathered, { before, position, gradient });
      }
    },
  };
}

/** Features too far behind the straight path are brought to the edge of the corridor. */
function catchUp(walk: {
  position: Float64Array;
  from: Float64Array;
  to: Float64Array;
  behind: Float64Array;
  least: number;
}): void {
  const { position, from, to, behind, least } = walk;
  position.forEach((value, i) => {
    const way = (to[i] as number) - (from[i] as number);
    if (way !== 0 && (value - (from[i] as number)) / way < least) position[i] = behind[i] as number;
  });
}

function gather(
  gathered: Float64Array,
  { before, position, gradient }: { before: Float64Array; position: Float64Array; gradient: Float64Array },
): void {
  for (let i = 0; i < gathered.length; i++) {
    const move = (position[i] as number) - (before[i] as number);
    gathered[i] = (gathered[i] as number) + move * (gradient[i] as number);
  }
}

function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0);
}

/** The value at the share of the order, without interpolation. */
function lowerQuantile(values: Float64Array, share: number): number {
  const index = Math.floor((values.length - 1) * share);
  return quickselect(values.slice(), index)[index] as number;
}
