/**
 * The outline, as SVG path data, of all pixels outside of a mask given by its run lengths: the frame of the picture, and
 * each lit stretch of a row as a hole in it (by the even-odd rule).
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
  return `M0 0h${width}v${height}h-${width}z${holes.join('')}`;
}
