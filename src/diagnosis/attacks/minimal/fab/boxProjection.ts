import { dot } from '../../../../numeric/linear/vectors.ts';
import type { Norm } from '../../field/attackOptions.ts';
import type { InputSpace } from '../../field/inputSpace.ts';

/** The plane $\langle w, x \rangle = b$ of the points at which a class is no better than another. */
export interface Plane {
  readonly normal: ArrayLike<number>;
  readonly offset: number;
}

/**
 * The shortest change that brings a point of the box onto a plane without leaving the box; where nothing does, the one to the
 * corner that comes nearest.
 *
 * Numbers that reach a bound stay there, all others go on: in the Euclidean norm $\delta_i = \mathrm{clip}(x_i + \lambda w_i) - x_i$, in the
 * greatest norm with the sign of $w_i$ in its place. $\langle w, \delta(\lambda) \rangle$ rises in straight pieces that become flatter, so that Newton's
 * steps for λ never go too far, and end at the solution after as many steps as there are pieces on the way (Croce and Hein
 * 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack", section 3.1, have it by sorting).
 */
export function boxProjection(
  point: ArrayLike<number>,
  { normal, offset }: Plane,
  { space, norm }: { readonly space: InputSpace; readonly norm: Norm },
): Float64Array {
  const need = offset - dot(normal, point);
  const sign = need < 0 ? -1 : 1;
  const speeds = Float64Array.from(normal, (w) => sign * (norm === 'linf' ? Math.sign(w) : w));
  const change = new Float64Array(speeds.length);
  for (let length = 0, step = 0; step < MOST; step++) {
    const { gained, slope } = moved(change, { point, speeds, normal, space, length });
    const missing = Math.abs(need) - sign * gained;
    if (!(missing > EXACT * Math.abs(need)) || slope === 0) break;
    length += missing / slope;
  }
  return change;
}

/** After so many pieces of a path the rest is rounding. */
const MOST = 200;
const EXACT = 1e-12;

interface Motion {
  readonly point: ArrayLike<number>;
  readonly speeds: Float64Array;
  readonly normal: ArrayLike<number>;
  readonly space: InputSpace;
  readonly length: number;
}

/** Goes so far, writes the change, and tells what was gained and what more would gain. */
function moved(
  change: Float64Array,
  { point, speeds, normal, space: { low, high }, length }: Motion,
): { readonly gained: number; readonly slope: number } {
  const channels = low.length;
  let [gained, slope] = [0, 0];
  for (let i = 0; i < change.length; i++) {
    const [x, speed, w] = [point[i] as number, speeds[i] as number, normal[i] as number];
    const [least, most] = [low[i % channels] as number, high[i % channels] as number];
    const to = x + length * speed;
    const inside = Math.min(Math.max(to, least), most);
    change[i] = inside - x;
    gained += w * (inside - x);
    const isFree = speed > 0 ? inside < most : inside > least;
    if (isFree) slope += Math.abs(w * speed);
  }
  return { gained, slope };
}
