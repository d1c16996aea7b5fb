import { formatNumber } from '../formatNumber.ts';

/** How the numbers of an axis lie on it. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** Where a number lies, 0 at the beginning of the axis and 1 at its end. */
  placeOf(value: number): number;
}

/** An axis whose ticks are 1, 2 or 5 times a power of ten, from the tick below the least number to the one above the greatest. */
export function linearAxis(values: readonly number[]): Axis {
  const [low, high] = extent(values);
  const step = niceStep((high - low) / 5);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return axisOf(ticks[0] as number, ticks.at(-1) as number, ticks);
}

/** An axis between two numbers, with the ticks that lie between them. */
export function boundedAxis([low, high]: readonly [number, number]): Axis {
  const { ticks } = linearAxis([low, high]);
  const within = ticks.map(({ value }) => value).filter((value) => value >= low && value <= high);
  return axisOf(low, high, within);
}

/** An axis on which equal ratios are equally long, with a tick at each power of ten; for numbers above 0. */
export function logarithmicAxis(values: readonly number[]): Axis {
  const logarithms = values.map((value) => Math.log10(value));
  const [low, high] = extent(logarithms);
  const [first, last] = [Math.floor(low + 1e-9), Math.ceil(high - 1e-9)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  const { placeOf, ...axis } = axisOf(10 ** first, 10 ** last, ticks);
  return { ...axis, placeOf: (value) => (Math.log10(value) - first) / (last - first) };
}

function axisOf(low: number, high: number, ticks: readonly number[]): Axis {
  // Sums of steps such as 0.1 are not quite what they stand for.
  const labelled = ticks.map((value) => ({ value, label: formatNumber(Number(value.toPrecision(12))) }));
  return { low, high, ticks: labelled, placeOf: (value) => (value - low) / (high - low) };
}

/** The least and the greatest number; of those that rounding alone tells apart something around them. */
function extent(values: readonly number[]): readonly [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size < 1e-300) return [-1, 1];
  return high - low > 1e-9 * size ? [low, high] : [low - size / 2, high + size / 2];
}

/** The least of 1, 2, 5, 10, 20 … and their fractions that is no less. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power;
}
