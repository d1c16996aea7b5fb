import type { Header } from './header.ts';
import { type Pass, passesOf, rowBytes } from './passes.ts';
import { unfilter } from './unfilter.ts';

/** Where the pixels of a row lie in the picture: the number of the first one, the distance to the next, how many. */
export interface Place {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

interface Line extends Place {
  readonly bytes: number;
  readonly isFirst: boolean;
}

/**
 * Takes inflated bytes as they come, and hands on the rows in them, unfiltered.
 *
 * @param take gets a row, which is overwritten later.
 * @returns what takes the next bytes, and says whether all rows are there.
 */
export function rowReader(
  header: Header,
  take: (row: Uint8Array, place: Place) => void,
): (part: Uint8Array) => boolean {
  const lines = linesOf(header);
  // Filters look back by a pixel, or a byte. The byte before the row is that of its filter.
  const ahead = Math.ceil((header.depth * header.colour.channels) / 8);
  let line: Line | undefined = lines.next().value as Line;
  let [row, above] = [new Uint8Array(ahead + line.bytes), new Uint8Array(ahead + line.bytes)];
  let filled = ahead - 1;
  const finish = ({ isFirst, ...place }: Line): void => {
    if (isFirst) above = new Uint8Array(row.length);
    const filter = row[ahead - 1] as number;
    row[ahead - 1] = 0;
    unfilter(filter, [row, above], ahead);
    take(row.subarray(ahead), place);
  };
  return (part) => {
    let read = 0;
    while (line && read < part.length) {
      const count = Math.min(row.length - filled, part.length - read);
      row.set(part.subarray(read, read + count), filled);
      [filled, read] = [filled + count, read + count];
      if (filled < row.length) break;
      finish(line);
      line = lines.next().value as Line | undefined;
      if (line) [row, above, filled] = [reused(above, ahead + line.bytes), row, ahead - 1];
    }
    return !line;
  };
}

function reused(buffer: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return buffer.length === length ? buffer : new Uint8Array(length);
}

function* linesOf(header: Header): Generator<Line> {
  for (const pass of passesOf(header)) {
    const bytes = rowBytes(header, pass);
    for (let row = 0; row < pass.rows; row++) yield { ...placeOf(row, pass, header), bytes, isFirst: row === 0 };
  }
}

function placeOf(row: number, { left, top, across, down, columns }: Pass, { width }: Header): Place {
  return { start: (top + row * down) * width + left, step: across, count: columns };
}
