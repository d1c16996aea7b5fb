import type { OpenShape } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import { readingsOf, type Span } from '../incremental/reading.ts';

/**
 * What the positions of an output read along an axis of an input: position o reads nothing outside of `low` + o·`step` …
 * `low` + `extent` + o·`step`, and no narrower interval holds for all positions. NaN where it depends on an open length.
 */
export interface Reach {
  readonly low: number;
  readonly extent: number;
  readonly step: number;
}

/** Along rows and columns. */
export type PlaneReach = readonly [rows: Reach, columns: Reach];

/** A length to try in place of an open one: larger than any window. */
const PLAUSIBLE = 64;

/** How an operation reads each of its inputs; `'all'` of one that every output position depends on. */
export function reachesOf(
  operation: Operation,
  inputShapes: readonly OpenShape[],
  outputShape: OpenShape,
): readonly (PlaneReach | 'all')[] {
  const atLength = (length: number): readonly (PlaneReach | 'all')[] =>
    reachesAt(
      operation,
      inputShapes.map((shape) => filled(shape, length)),
      filled(outputShape, length),
    );
  const reaches = atLength(PLAUSIBLE);
  if (![outputShape, ...inputShapes].some((shape) => shape.slice(1).includes(null))) return reaches;
  // The padding of 'same' repeats with the stride: what is the same for so many lengths is the same for all.
  const stride = Math.ceil(Math.max(1, ...reaches.flatMap((reach) => (reach === 'all' ? [] : reach.map(stepOf)))));
  const others = Array.from({ length: stride }, (_, i) => atLength(PLAUSIBLE + 1 + i));
  return reaches.map((reach, input) => {
    if (reach === 'all') return 'all';
    const tried = [reach, ...others.map((other) => other[input] as PlaneReach)];
    return [agreed(tried.map(([rows]) => rows)), agreed(tried.map(([, columns]) => columns))];
  });
}

function reachesAt(
  operation: Operation,
  inputShapes: readonly (readonly number[])[],
  [, rows = 1, columns = 1]: readonly number[],
): readonly (PlaneReach | 'all')[] {
  // Twice as far as the output goes: a pattern of positions is at most as long as that, and must be seen to repeat.
  const readings = readingsOf(operation, inputShapes, [1, 2 * rows, 2 * columns]);
  return readings.map((reading) => (reading === 'all' ? 'all' : [reachOf(reading.rows), reachOf(reading.columns)]));
}

function reachOf(spans: readonly Span[]): Reach {
  const period = periodOf(spans);
  const moved = movedBy(spans, period, 0);
  // Whole numbers as long as possible: steps of up-sampling are fractions.
  const offsets = (end: 0 | 1): number[] => spans.slice(0, period).map((span, o) => span[end] * period - o * moved);
  const low = Math.min(...offsets(0)) / period;
  return { low, extent: Math.max(...offsets(1)) / period - 1 - low, step: moved / period };
}

/** The least number of positions after which the spans repeat, moved: 1 for a window, the factor for up-sampling. */
function periodOf(spans: readonly Span[]): number {
  const half = Math.floor(spans.length / 2);
  for (let period = 1; period < half; period++) {
    const moved = movedBy(spans, period, 0);
    if (spans.slice(0, half).every((_, o) => movedBy(spans, period, o) === moved)) return period;
  }
  return half;
}

/** How far the span of a position moves in `period` positions; NaN where its ends move differently. */
function movedBy(spans: readonly Span[], period: number, position: number): number {
  const [[start, end], [from, to]] = [spans[position], spans[position + period]] as [Span, Span];
  return from - start === to - end ? from - start : Number.NaN;
}

function agreed(reaches: readonly Reach[]): Reach {
  const common = (values: readonly number[]): number =>
    values.every((value) => value === values[0]) ? (values[0] as number) : Number.NaN;
  return {
    low: common(reaches.map(({ low }) => low)),
    extent: common(reaches.map(({ extent }) => extent)),
    step: common(reaches.map(stepOf)),
  };
}

function stepOf({ step }: Reach): number {
  return step;
}

function filled(shape: OpenShape, length: number): readonly number[] {
  return shape.map((known) => known ?? length);
}
