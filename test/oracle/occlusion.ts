/** Examples of one shape, one after the other. */
export interface Examples {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly data: Float32Array;
  /** What they look like where they are covered. */
  readonly hidden: Float32Array;
}

/** The scores of changed examples, given which example each row of `rows` comes from. */
export type Scores = (rows: Float32Array, examples: readonly number[]) => Promise<readonly number[]>;

type Pair = readonly [number, number];

/** F(x) less F of all that is left where a window is covered, as the mean over the windows on each pixel; a number per value. */
export async function occludedDrops(
  x: Examples,
  { size, stride }: { size: Pair; stride: Pair },
  scores: Scores,
): Promise<number[]> {
  const tops = startsOf(x.rows, size[0], stride[0]);
  const lefts = startsOf(x.columns, size[1], stride[1]);
  const windows = tops.flatMap((top) => lefts.map((left) => [top, left] as const));
  const isIn = ([top, left]: Pair, row: number, column: number): boolean =>
    row >= top && row < top + size[0] && column >= left && column < left + size[1];
  const drops = await coveredDrops(
    x,
    windows.map((window) => (_example, row, column) => isIn(window, row, column)),
    scores,
  );
  return valuesOf(x, (example, row, column) => {
    const found = (drops[example] as number[]).filter((_, w) => isIn(windows[w] as Pair, row, column));
    return found.reduce((sum, drop) => sum + drop, 0) / found.length;
  });
}

/** F(x) less F with all pixels of a part covered, per example and part. */
export async function coveredDrops(
  x: Examples,
  parts: readonly ((example: number, row: number, column: number) => boolean)[],
  scores: Scores,
): Promise<number[][]> {
  const whole = await scores(x.data, [...new Array(x.count).keys()]);
  const size = x.rows * x.columns * x.channels;
  const drops: number[][] = [];
  for (let example = 0; example < x.count; example++) {
    const rows = new Float32Array(parts.length * size);
    parts.forEach((isCovered, part) => {
      for (let i = 0; i < size; i++) {
        const pixel = Math.floor(i / x.channels);
        const covered = isCovered(example, Math.floor(pixel / x.columns), pixel % x.columns);
        rows[part * size + i] = (covered ? x.hidden : x.data)[example * size + i] as number;
      }
    });
    const found = await scores(
      rows,
      parts.map(() => example),
    );
    drops.push(found.map((score) => (whole[example] as number) - score));
  }
  return drops;
}

/** Every stride from 0 on, until the end is covered. */
function startsOf(length: number, size: number, stride: number): number[] {
  const starts = [0];
  while ((starts.at(-1) as number) + size < length) starts.push((starts.at(-1) as number) + stride);
  return starts;
}

function valuesOf(
  { count, rows, columns, channels }: Examples,
  value: (example: number, row: number, column: number) => number,
): number[] {
  const values: number[] = [];
  for (let example = 0; example < count; example++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const found = value(example, row, column);
        for (let channel = 0; channel < channels; channel++) values.push(found);
      }
    }
  }
  return values;
}
