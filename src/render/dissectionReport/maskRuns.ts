/** A mask row by row as the lengths of its runs, of zeros and ones in turn, zeros first; the last run of zeros is left out. */
export function runLengths(mask: Uint8Array): readonly number[] {
  const runs: number[] = [];
  let [start, value] = [0, 0];
  mask.forEach((pixel, i) => {
    if (pixel === value) return;
    runs.push(i - start);
    [start, value] = [i, pixel];
  });
  if (value === 1) runs.push(mask.length - start);
  return runs;
}

/**
 * The outline, as SVG path data, of all pixels outside of a mask given by its run lengths: a frame about the picture, and
 * each lit stretch of a row as a hole in it (by the even-odd rule). The frame is a pixel wider on every side, so that a
 * picture drawn at another size has no bright edge.
 */
export function maskPath(runs: readonly number[], width: number, height: number): string {
  const holes: string[] = [];
  let end = 0;
  runs.forEach((length, i) => {
    let start = end;
    end += length;
    // A run goes on in the next row.
    while (i % 2 === 1 && start < end) {
      const [row, column] = [Math.floor(start / width), start % width];
      const along = Math.min(width - column, end - start);
      holes.push(`M${column} ${row}h${along}v1h-${along}z`);
      start += along;
    }
  });
  return `M-1-1h${width + 2}v${height + 2}h-${width + 2}z${holes.join('')}`;
}
