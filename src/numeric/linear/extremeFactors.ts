import { forEachOf, type Sliced } from '../sliced.ts';
import { gramOf, type Matrix, times } from './factorProducts.ts';
import type { Factors } from './multiplicativeFactors.ts';

/** How much of the mean is mixed into a start: multiplicative updates never leave zero. */
const MIXED = 0.01;

/**
 * A start for factors of a matrix: as parts the rows that are most unlike each other, each the longest once what the
 * others before it explain is taken away. Where every part is alone in some row, these rows are the parts.
 *
 * Source: Araújo et al. 2001, "The successive projections algorithm for variable selection", and Gillis and Vavasis 2014,
 * "Fast and robust recursive algorithms for separable nonnegative matrix factorization", algorithm 1.
 */
export function* extremeFactors(matrix: Matrix, count: number): Sliced<Factors> {
  const { rows, columns, values } = matrix;
  const chosen = yield* extremeRows(matrix, count);
  const mean = new Float64Array(columns);
  for (let at = 0; at < values.length; at++) mean[at % columns]! += (values[at] as number) / rows;
  const parts = Float64Array.from({ length: columns * count }, (_, at) => {
    const column = Math.floor(at / count);
    const row = chosen[at % count] as number;
    return (1 - MIXED) * (values[row * columns + column] as number) + MIXED * (mean[column] as number);
  });
  const gram = yield* gramOf(parts, count);
  const along = yield* times(matrix, parts, count);
  const weights = along.map((value, at) => {
    const square = gram[(at % count) * (count + 1)] as number;
    return square > 0 ? value / square : 0;
  });
  return { weights, parts, count };
}

/** The numbers of the rows, one for each part; a row may come again where there are no more that differ. */
function* extremeRows({ rows, columns, values }: Matrix, count: number): Sliced<readonly number[]> {
  const rest = Float64Array.from(values);
  const chosen: number[] = [];
  while (chosen.length < count) {
    const longest = yield* longestRow(rest, rows, columns);
    chosen.push(longest.row);
    if (longest.square === 0) continue;
    const direction = rest.slice(longest.row * columns, (longest.row + 1) * columns);
    yield* forEachOf(rows, 2 * columns, (row) => {
      const own = rest.subarray(row * columns, (row + 1) * columns);
      let along = 0;
      for (let at = 0; at < columns; at++) along += (own[at] as number) * (direction[at] as number);
      for (let at = 0; at < columns; at++) own[at]! -= (along / longest.square) * (direction[at] as number);
    });
  }
  return chosen;
}

function* longestRow(values: Float64Array, rows: number, columns: number): Sliced<{ row: number; square: number }> {
  let longest = { row: 0, square: 0 };
  yield* forEachOf(rows, columns, (row) => {
    let square = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) square += (values[at] as number) ** 2;
    if (square > longest.square) longest = { row, square };
  });
  return longest;
}
