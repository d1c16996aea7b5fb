import type { Span } from '../network/incremental/reading.ts';

/** A box of places: from where to where along each axis. */
export type Box = readonly Span[];

/** Adjoining places along the last axis, by their numbers, its end excluded, and where they lie along the axes before. */
export interface Row {
  readonly from: number;
  readonly to: number;
  readonly at: readonly number[];
}

/** The rows of a box within axes of some lengths. */
export function* boxRows(box: Box, lengths: readonly number[]): Generator<Row, void, void> {
  const [start, end] = box.at(-1) as Span;
  const length = lengths.at(-1) as number;
  for (const { number, at } of placesOf(box.slice(0, -1), lengths)) {
    yield { from: number * length + start, to: number * length + end, at };
  }
}

/** The places of a box along the first axes. */
function placesOf(box: Box, lengths: readonly number[]): readonly { number: number; at: readonly number[] }[] {
  return box.reduce<{ number: number; at: readonly number[] }[]>(
    (before, [start, end], axis) =>
      before.flatMap(({ number, at }) =>
        Array.from({ length: end - start }, (_, i) => ({
          number: number * (lengths[axis] as number) + start + i,
          at: [...at, start + i],
        })),
      ),
    [{ number: 0, at: [] }],
  );
}

/** The box of a window with a first corner, cut off at the border. */
export function cutOff(corner: readonly number[], size: readonly number[], lengths: readonly number[]): Box {
  return corner.map(
    (start, axis) => [start, Math.min(start + (size[axis] as number), lengths[axis] as number)] as const,
  );
}

/** The box around everything. */
export function wholeOf(lengths: readonly number[]): Box {
  return lengths.map((length) => [0, length] as const);
}

/** The number of places in a box. */
export function volumeOf(box: Box): number {
  return box.reduce((product, [start, end]) => product * (end - start), 1);
}

/** Every combination of one entry from each list, the last one changing first. */
export function combinations<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return lists.reduce<readonly (readonly T[])[]>(
    (found, list) => found.flatMap((before) => list.map((entry) => [...before, entry])),
    [[]],
  );
}
