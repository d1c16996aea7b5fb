import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import type { Centered } from './centeredFeatures.ts';

/** The dimension by the two nearest neighbours of each example, of which equal ones count once. Eq. (3), Facco et al. 2017. */
export function* twoNearest({ rows, columns, values }: Centered): Sliced<number> {
  const nearest = new Float64Array(2 * rows).fill(Number.POSITIVE_INFINITY);
  const kept: number[] = [];
  yield* forEachOf(rows, (rows * columns) / 2, (i) => {
    const squares = kept.map((j) => squaredDistance(values, columns, [i, j]));
    if (squares.includes(0)) return;
    squares.forEach((square, at) => {
      include(nearest, i, square);
      include(nearest, kept[at] as number, square);
    });
    kept.push(i);
  });
  const logarithms = kept.map((i) => Math.log((nearest[2 * i + 1] as number) / (nearest[2 * i] as number)) / 2);
  return kept.length < 3 ? Number.NaN : kept.length / logarithms.reduce((sum, value) => sum + value, 0);
}

function include(nearest: Float64Array, i: number, square: number): void {
  if (square < (nearest[2 * i] as number)) {
    nearest[2 * i + 1] = nearest[2 * i] as number;
    nearest[2 * i] = square;
  } else if (square < (nearest[2 * i + 1] as number)) nearest[2 * i + 1] = square;
}

function squaredDistance(values: Float64Array, columns: number, [i, j]: readonly [number, number]): number {
  let sum = 0;
  for (let k = 0, a = i * columns, b = j * columns; k < columns; k++, a++, b++) {
    const difference = (values[a] as number) - (values[b] as number);
    sum += difference * difference;
  }
  return sum;
}
