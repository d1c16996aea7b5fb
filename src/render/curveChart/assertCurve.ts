import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { isTypedArray } from '../../numeric/ndarray.ts';
import { text } from '../../numeric/options.ts';

/** Points that a line joins. */
export interface Curve {
  /** Shown beside the colour of the line. */
  readonly name: string;
  /** Where the points lie along the chart, in any order. */
  readonly x: ArrayLike<number>;
  /** How high they lie. */
  readonly y: ArrayLike<number>;
  /** Where the error bar of each point begins; without `low` and `high` there are none. */
  readonly low?: ArrayLike<number>;
  /** Where the error bar of each point ends. */
  readonly high?: ArrayLike<number>;
}

/** A point of a curve; without an error bar it ends where it begins. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** A curve whose points come in the order of x. */
export interface DrawnCurve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** Refuses what is no curve, and sorts its points. */
export function assertCurve(argument: string, curve: Curve): DrawnCurve {
  if (typeof curve !== 'object' || curve === null) {
    throw new VitrineError('bad-argument', `"${argument}" expected {name, x, y}, got ${describe(curve)}`);
  }
  const { name, x, y, low, high } = curve;
  text(`${argument}.name`, name);
  assertNumbersOf(`${argument}.x`, x);
  assertNumbersOf(`${argument}.y`, y, x.length);
  if (low !== undefined) assertNumbersOf(`${argument}.low`, low, x.length);
  if (high !== undefined) assertNumbersOf(`${argument}.high`, high, x.length);
  const points = Array.from(x, (place, i) => {
    const height = y[i] as number;
    return { x: place, y: height, low: low?.[i] ?? height, high: high?.[i] ?? height };
  });
  return { name, points: points.sort((a, b) => a.x - b.x) };
}

function assertNumbersOf(argument: string, values: ArrayLike<number>, length?: number): void {
  if (!Array.isArray(values) && !isTypedArray(values)) {
    throw new VitrineError('bad-argument', `"${argument}" expected a list of numbers, got ${describe(values)}`);
  }
  if (values.length !== (length ?? Math.max(1, values.length))) {
    const wanted = length === undefined ? 'at least one number' : `${length} numbers, as "x" has`;
    throw new VitrineError('bad-shape', `"${argument}" expected ${wanted}, got ${values.length}`);
  }
  const wrong = Array.from(values).findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new VitrineError(
    'not-finite',
    `"${argument}[${wrong}]" expected a finite number, got ${describe(values[wrong])}`,
  );
}
