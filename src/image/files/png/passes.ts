import type { Header } from './header.ts';

/** Pixels of a picture that are stored as a picture of their own. */
export interface Pass {
  /** The column and row of the first one, and the distances to the next. */
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
  /** How many lie in a row, and how many rows there are. */
  readonly columns: number;
  readonly rows: number;
}

// PNG specification, §8.1: left, top, across, down of the seven passes of Adam7.
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of a PNG file that have pixels. */
export function passesOf({ width, height, interlaced }: Header): readonly Pass[] {
  return (interlaced ? adam7 : ([[0, 0, 1, 1]] as const))
    .map(([left, top, across, down]) => ({
      ...{ left, top, across, down },
      columns: Math.ceil((width - left) / across),
      rows: Math.ceil((height - top) / down),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** The bytes of a row, without that of its filter. */
export function rowBytes({ depth, colour }: Header, { columns }: Pass): number {
  return Math.ceil((columns * depth * colour.channels) / 8);
}
