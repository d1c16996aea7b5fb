import type { Operation, OperationRegion } from '../graph/operation.ts';

/** An interval of rows or of columns, its end excluded. */
export type Span = readonly [start: number, end: number];

/** What each output position of an operation reads of one of its inputs, along rows and columns. */
export interface Reading {
  readonly rows: readonly Span[];
  readonly columns: readonly Span[];
}

/** How an operation reads each input; `'all'` of one that every output position depends on. */
export function readingsOf(
  operation: Operation,
  inputShapes: readonly (readonly number[])[],
  [, rows, columns]: readonly number[],
): readonly (Reading | 'all')[] {
  const along = (region: (position: Span) => OperationRegion, length: number) =>
    Array.from({ length }, (_, o) => operation.region(region([o, o + 1]), inputShapes));
  const byRows = along((span) => ({ rows: span, columns: [0, 1] }), rows as number);
  const byColumns = along((span) => ({ rows: [0, 1], columns: span }), columns as number);
  return inputShapes.map((_, input) => {
    const spans = (list: typeof byRows, axis: 'rows' | 'columns'): Span[] =>
      list.flatMap((regions) => (regions[input] === 'all' ? [] : [(regions[input] as OperationRegion)[axis]]));
    if (byRows[0]?.[input] === 'all') return 'all';
    return { rows: spans(byRows, 'rows'), columns: spans(byColumns, 'columns') };
  });
}

/** The output positions that read any of a span of the input; both ends of what they read grow with the position. */
export function reachedBy([start, end]: Span, reads: readonly Span[]): Span | undefined {
  const first = firstIndex(reads.length, (o) => (reads[o] as Span)[1] > start);
  const last = firstIndex(reads.length, (o) => (reads[o] as Span)[0] >= end);
  return first < last ? [first, last] : undefined;
}

/** The least index of which something holds that holds of all greater ones too. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
