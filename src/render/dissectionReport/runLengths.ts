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
