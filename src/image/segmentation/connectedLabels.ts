/**
 * Makes every segment one connected piece (of pixels that share a side): pieces below `minSize` go to the segment that
 * was met before, the others become segments of their own. Labels are 0, 1, 2, …
 */
export function connectedLabels(
  labels: Int32Array,
  { height, width }: { readonly height: number; readonly width: number },
  minSize: number,
): Int32Array {
  const found = new Int32Array(labels.length).fill(-1);
  let next = 0;
  for (let start = 0; start < labels.length; start++) {
    if (found[start] !== -1) continue;
    const piece = grow(start, labels, { height, width, found, label: next });
    const neighbour = piece.length < minSize ? neighbourOf(piece, { height, width, found, label: next }) : undefined;
    if (neighbour === undefined) next++;
    else for (const pixel of piece) found[pixel] = neighbour;
  }
  return found;
}

interface Growth {
  readonly height: number;
  readonly width: number;
  readonly found: Int32Array;
  readonly label: number;
}

/** Gives a label to all pixels that are connected with the first one and have its old label. */
function grow(start: number, labels: Int32Array, { height, width, found, label }: Growth): readonly number[] {
  const piece = [start];
  found[start] = label;
  for (let i = 0; i < piece.length; i++) {
    for (const pixel of adjacent(piece[i] as number, height, width)) {
      if (found[pixel] !== -1 || labels[pixel] !== labels[start]) continue;
      found[pixel] = label;
      piece.push(pixel);
    }
  }
  return piece;
}

function neighbourOf(piece: readonly number[], { height, width, found, label }: Growth): number | undefined {
  for (const pixel of piece) {
    for (const beside of adjacent(pixel, height, width)) {
      const other = found[beside] as number;
      if (other !== -1 && other !== label) return other;
    }
  }
  return undefined;
}

function adjacent(pixel: number, height: number, width: number): readonly number[] {
  const [row, column] = [Math.floor(pixel / width), pixel % width];
  return [
    ...(row > 0 ? [pixel - width] : []),
    ...(column > 0 ? [pixel - 1] : []),
    ...(column + 1 < width ? [pixel + 1] : []),
    ...(row + 1 < height ? [pixel + width] : []),
  ];
}
