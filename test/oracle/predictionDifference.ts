import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Random } from '../../src/numeric/random.ts';

export type Pair = readonly [rows: number, columns: number];

/** The moments of all patches of one channel. */
export interface PatchMoments {
  readonly mean: number[];
  readonly covariance: number[][];
}

const at = ({ shape, data }: NdArray, [n, row, column, c]: readonly [number, number, number, number]): number => {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  return data[((n * rows + row) * columns + column) * channels + c] as number;
};

/** Mean and unbiased covariance of every patch of a size, in one channel. */
export function patchMoments(pictures: NdArray, [tall, wide]: Pair, channel: number): PatchMoments {
  const [count, rows, columns] = pictures.shape as [number, number, number];
  const patches: number[][] = [];
  for (let n = 0; n < count; n++) {
    for (let top = 0; top + tall <= rows; top++) {
      for (let left = 0; left + wide <= columns; left++) {
        const patch: number[] = [];
        for (let r = 0; r < tall; r++) {
          for (let c = 0; c < wide; c++) patch.push(at(pictures, [n, top + r, left + c, channel]));
        }
        patches.push(patch);
      }
    }
  }
  const average = (of: (patch: number[]) => number, by = patches.length): number =>
    patches.reduce((sum, patch) => sum + of(patch), 0) / by;
  const mean = Array.from({ length: tall * wide }, (_, i) => average((patch) => patch[i] as number));
  const gap = (patch: number[], i: number): number => (patch[i] as number) - (mean[i] as number);
  const covariance = mean.map((_, i) =>
    mean.map((__, j) => average((patch) => gap(patch, i) * gap(patch, j), patches.length - 1)),
  );
  return { mean, covariance };
}

/** Where windows start, the last one so that it ends at the border. */
export function windowCorners([rows, columns]: Pair, [tall, wide]: Pair, [down, across]: Pair): Pair[] {
  const starts = (length: number, size: number, step: number): number[] => {
    const list: number[] = [];
    for (let start = 0; start < length - size; start += step) list.push(start);
    return [...list, length - size];
  };
  return starts(rows, tall, down).flatMap((row) =>
    starts(columns, wide, across).map((column) => [row, column] as const),
  );
}

/** The window of another picture. */
export function windowOf(
  pictures: NdArray,
  {
    example,
    channel,
    corner: [top, left],
    size: [tall, wide],
  }: { example: number; channel: number; corner: Pair; size: Pair },
): number[] {
  return Array.from({ length: tall * wide }, (_, i) =>
    at(pictures, [example, top + Math.floor(i / wide), left + (i % wide), channel]),
  );
}

/** A window drawn from the patches around it, given what surrounds it in a picture, within the range of the data. */
export function conditionalWindow(
  {
    background,
    picture,
    example,
    channel,
  }: { background: NdArray; picture: NdArray; example: number; channel: number },
  { corner, size, padding }: { corner: Pair; size: Pair; padding: number },
  { normal }: Random,
): number[] {
  const [, rows, columns] = picture.shape as [number, number, number];
  const patch: Pair = [size[0] + 2 * padding, size[1] + 2 * padding];
  const { mean, covariance } = patchMoments(background, patch, channel);
  const top = Math.min(Math.max(corner[0] - padding, 0), rows - patch[0]);
  const left = Math.min(Math.max(corner[1] - padding, 0), columns - patch[1]);
  const place = (i: number): Pair => [top + Math.floor(i / patch[1]), left + (i % patch[1])];
  const isOpen = (i: number): boolean => {
    const [row, column] = place(i);
    return row >= corner[0] && row < corner[0] + size[0] && column >= corner[1] && column < corner[1] + size[1];
  };
  const all = mean.map((_, i) => i);
  const [open, known] = [all.filter(isOpen), all.filter((i) => !isOpen(i))];
  const block = (a: number[], b: number[]): number[][] =>
    a.map((i) => b.map((j) => (covariance[i] as number[])[j] as number));
  const gaps = known.map((i) => at(picture, [example, ...place(i), channel]) - (mean[i] as number));
  const [towards, across] = [
    solve(
      block(known, known),
      gaps.map((gap) => [gap]),
    ),
    block(open, known),
  ];
  const spread = solve(block(known, known), block(known, open));
  const given = open.map(
    (i, a) =>
      (mean[i] as number) +
      dot(
        across[a] as number[],
        towards.map(([value]) => value as number),
      ),
  );
  const rest = block(open, open).map((row, a) =>
    row.map(
      (value, b) =>
        value -
        dot(
          across[a] as number[],
          spread.map((column) => column[b] as number),
        ),
    ),
  );
  const root = cholesky(rest);
  const noise = open.map(() => normal());
  const [count] = background.shape as [number];
  return open.map((i, a) => {
    const value = (given[a] as number) + dot(root[a] as number[], noise);
    const seen = Array.from({ length: count }, (_, n) => at(background, [n, ...place(i), channel]));
    return Math.min(Math.max(value, Math.min(...seen)), Math.max(...seen));
  });
}

/** The mean over the windows that cover a pixel. */
export function windowAverages(
  values: readonly number[],
  { corners, size }: { corners: readonly Pair[]; size: Pair },
  [rows, columns]: Pair,
): number[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const found = values.filter((__, w) => {
      const [top, left] = corners[w] as Pair;
      return row >= top && row < top + size[0] && column >= left && column < left + size[1];
    });
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  });
}

/** The bits of evidence for a class: log₂ of the odds of the corrected p over those of q. */
export function evidence(
  p: number,
  q: number,
  { classes, trainingSize }: { classes: number; trainingSize: number },
): number {
  const corrected = (probability: number): number => (probability * trainingSize + 1) / (trainingSize + classes);
  const odds = (probability: number): number => corrected(probability) / (1 - corrected(probability));
  return Math.log2(odds(p) / odds(q));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** Gauss elimination with pivots. */
function solve(matrix: number[][], right: number[][]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...(right[i] as number[])]);
  rows.forEach((_, k) => {
    const pivot = rows.findIndex(
      (row, i) =>
        i >= k &&
        Math.abs(row[k] as number) === Math.max(...rows.slice(k).map((other) => Math.abs(other[k] as number))),
    );
    [rows[k], rows[pivot]] = [rows[pivot] as number[], rows[k] as number[]];
    const chosen = (rows[k] as number[]).map((value) => value / ((rows[k] as number[])[k] as number));
    rows[k] = chosen;
    rows.forEach((row, i) => {
      const factor = row[k] as number;
      if (i !== k) rows[i] = row.map((value, j) => value - factor * (chosen[j] as number));
    });
  });
  return rows.map((row) => row.slice(matrix.length));
}

/** The lower triangular root of a matrix. */
function cholesky(matrix: number[][]): number[][] {
  const root = matrix.map((row) => row.map(() => 0));
  matrix.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const [own, other] = [root[i] as number[], root[j] as number[]];
      const left = (row[j] as number) - dot(own.slice(0, j), other.slice(0, j));
      own[j] = i === j ? Math.sqrt(left) : left / (other[j] as number);
    }
  });
  return root;
}
