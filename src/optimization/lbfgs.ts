import { addScaled, dot } from '../numeric/linear/vectors.ts';

/** A search for the minimum of a function that others evaluate: it asks at a place and is told what is there. */
export interface LbfgsSearch {
  /** Where the function is to be evaluated next. */
  readonly trial: Float64Array;
  /** The best place so far, and its value. */
  readonly best: Float64Array;
  readonly value: number;
  /** Whether no step leads further. */
  readonly isDone: boolean;
  /** Says what the function and its gradient are at the trial. */
  tell(value: number, gradient: Float64Array): void;
}

/**
 * Minimizes by L-BFGS: steps along what the last differences of gradients say of the curvature, halved until the value falls
 * enough (Armijo). It asks instead of calling, so that many searches can have their functions evaluated together.
 *
 * Source: Nocedal 1980, "Updating quasi-Newton matrices with limited storage"; Nocedal and Wright 2006, algorithms 7.4 and 3.1.
 *
 * @param remembered how many differences are kept; 10 by default.
 */
export function lbfgsSearch(
  start: Float64Array,
  { remembered = 10 }: { readonly remembered?: number } = {},
): LbfgsSearch {
  const pairs: Pair[] = [];
  let at: Place | undefined;
  let step: { readonly direction: Float64Array; readonly slope: number; length: number } | undefined;
  const search: { -readonly [K in keyof LbfgsSearch]: LbfgsSearch[K] } = {
    trial: start.slice(),
    best: start.slice(),
    value: Number.POSITIVE_INFINITY,
    isDone: false,
    tell(value: number, gradient: Float64Array): void {
      if (at && step && !(value <= at.value + ARMIJO * step.length * step.slope)) {
        shorten();
        return;
      }
      if (at) remember(search.trial, gradient);
      at = { x: search.trial, value, gradient };
      Object.assign(search, { best: search.trial, value });
      goOn();
    },
  };
  const remember = (x: Float64Array, gradient: Float64Array): void => {
    const { x: before, gradient: gradientBefore } = at as Place;
    const moved = x.map((value, i) => value - (before[i] as number));
    const turned = gradient.map((value, i) => value - (gradientBefore[i] as number));
    // Without curvature along the step there is nothing to learn from it.
    if (dot(moved, turned) <= CURVED * dot(turned, turned)) return;
    pairs.push({ moved, turned });
    if (pairs.length > remembered) pairs.shift();
  };
  const goOn = (): void => {
    const { x, gradient } = at as Place;
    const direction = descent(gradient, pairs);
    const slope = dot(direction, gradient);
    search.isDone = !(slope < 0);
    if (search.isDone) return;
    // The first step goes one unit far: nothing is known of the curvature.
    step = { direction, slope, length: pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope)) };
    search.trial = ahead(x, direction, step.length);
  };
  const shorten = (): void => {
    const { x } = at as Place;
    const tried = step as NonNullable<typeof step>;
    tried.length /= 2;
    search.isDone = tried.length < SHORTEST;
    search.trial = search.isDone ? x : ahead(x, tried.direction, tried.length);
  };
  return search;
}

interface Place {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** How far a step went, and how the gradient turned. */
interface Pair {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
}

const ARMIJO = 1e-4;
const CURVED = 1e-10;
const SHORTEST = 2 ** -20;

/** Minus the gradient, times the inverse curvature that the pairs tell of: two loops over them (algorithm 7.4). */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares = new Array<number>(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { moved, turned } = pairs[i] as Pair;
    shares[i] = dot(moved, direction) / dot(moved, turned);
    addScaled(direction, -(shares[i] as number), turned);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = dot(last.moved, last.turned) / dot(last.turned, last.turned);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  pairs.forEach(({ moved, turned }, i) => {
    const share = dot(turned, direction) / dot(moved, turned);
    addScaled(direction, (shares[i] as number) - share, moved);
  });
  return direction;
}

function ahead(x: Float64Array, direction: Float64Array, length: number): Float64Array {
  return x.map((value, i) => value + length * (direction[i] as number));
}
