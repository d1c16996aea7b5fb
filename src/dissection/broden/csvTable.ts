import { csvParseRows } from 'd3-dsv';
import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import { type ReadFile, readNamed } from './readNamed.ts';

/** A row of a table: its cells by the names of their columns. */
export interface CsvRow<C extends string> {
  text(column: C): string;
  /** Refuses what is no number of at least 0. */
  number(column: C): number;
}

/** Reads a table with a header, whatever the order of its columns; others than those wanted are left alone. */
export async function csvTable<C extends string>(
  read: ReadFile,
  name: string,
  columns: readonly C[],
): Promise<readonly CsvRow<C>[]> {
  const bytes = await readNamed(read, name);
  // By rows: the parser's objects come from generated code, which pages with a content security policy refuse.
  const [header = [], ...rows] = csvParseRows(new TextDecoder().decode(bytes));
  const places = new Map(columns.map((column) => [column, placeOf(column, header, name)]));
  return rows.flatMap((cells, i) => {
    if (cells.length === 1 && cells[0] === '') return [];
    if (cells.length === header.length) return [rowOf(cells, places, name)];
    throw new VitrineError(
      'bad-file',
      `"${name}" expected ${header.length} cells in row ${i + 1}, got ${cells.length}`,
    );
  });
}

function placeOf(column: string, header: readonly string[], name: string): number {
  const place = header.indexOf(column);
  if (place >= 0) return place;
  const near = nearestNames(column, header).join(', ');
  throw new VitrineError('bad-file', `"${name}" expected a column "${column}", got none; the nearest are ${near}`);
}

function rowOf<C extends string>(cells: readonly string[], places: ReadonlyMap<C, number>, name: string): CsvRow<C> {
  const text = (column: C): string => cells[places.get(column) as number] as string;
  return {
    text,
    number(column) {
      const number = text(column).trim() === '' ? Number.NaN : Number(text(column));
      if (number >= 0 && number < Number.POSITIVE_INFINITY) return number;
      throw new VitrineError('bad-file', `"${name}" expected numbers in column "${column}", got "${text(column)}"`);
    },
  };
}
