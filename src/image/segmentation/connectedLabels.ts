import type { Sliced } from '../../numeric/sliced.ts';

/** About how many operations a pixel takes. */
const PIXEL = 100;
/** Pixels that are looked at before others have their turn: to yield takes as long as a pixel does. */
const TOGETHER = 1000;

/**
 * Makes every segment one connected piece (of pixels, or voxels, that share a side): pieces below `minSize` go to the
 * segment that was met before, the others become segments of their own. Labels are 0, 1, 2, …
 */
export function* connectedLabels(
  labels: Int32Array,
  { depth, height, width }: Sides,
  minSize: number,
): Sliced<Int32Array> {
  const found = new Int32Array(labels.length).fill(-1);
  let next = 0;
  let small = 0;
  for (let start = 0; start < labels.length; start++) {
    if (found[start] !== -1) continue;
    const growth = { depth, height, width, found, label: next };
    const piece = yield* grow(start, labels, growth);
    const neighbour = piece.length < minSize ? neighbourOf(piece, growth) : undefined;
    if (neighbour === undefined) next++;
    else for (const pixel of piece) found[pixel] = neighbour;
    small += piece.length % TOGETHER;
    if (small < TOGETHER) continue;
    yield small * PIXEL;
    small = 0;
  }
  return found;
}

/** Of a picture, which has one plane, or of a volume. */
interface Sides {
  readonly depth: number;
  readonly height: number;
  readonly width: number;
}

interface Growth extends Sides {
  readonly found: Int32Array;
  readonly label: number;
}

/** Gives a label to all pixels that are connected with the first one and have its old label. */
function* grow(start: number, labels: Int32Array, growth: Growth): Sliced<readonly number[]> {
  const { found, label } = growth;
  const piece = [start];
  found[start] = label;
  for (let i = 0; i < piece.length; i++) {
    for (const pixel of adjacent(piece[i] as number, growth)) {
      if (found[pixel] !== -1 || labels[pixel] !== labels[start]) continue;
      found[pixel] = label;
      piece.push(pixel);
    }
    if (i % TOGETHER === TOGETHER - 1) yield TOGETHER * PIXEL;
  }
  return piece;
}

function neighbourOf(piece: readonly number[], growth: Growth): number | undefined {
  const { found, label } = growth;
  for (const pixel of piece) {
    for (const beside of adjacent(pixel, growth)) {
      const other = found[beside] as number;
      if (other !== -1 && other !== label) return other;
    }
  }
  return undefined;
}

function adjacent(pixel: number, { depth, height, width }: Sides): readonly number[] {
  const plane = height * width;
  const [row, column] = [Math.floor(pixel / width) % height, pixel % width];
  const found: number[] = [];
  if (pixel >= plane) found.push(pixel - plane);
  if (row > 0) found.push(pixel - width);
  if (column > 0) found.push(pixel - 1);
  if (column + 1 < width) found.push(pixel + 1);
  if (row + 1 < height) found.push(pixel + width);
  if (pixel + plane < depth * plane) found.push(pixel + plane);
  return found;
}
