import { encode } from 'fast-png';
import type { Picture } from 'vitrine';

/** A PNG of at most 256 colours, a third of the size of the full one. */
export function indexedPng({ width, height, data }: Picture): Uint8Array {
  const { palette, indices } = indexed(data);
  return encode({ width, height, data: indices, channels: 1, depth: 8, palette });
}

type Color = [red: number, green: number, blue: number];

interface Bin {
  readonly key: number;
  readonly color: Color;
  readonly count: number;
}

/** Median cut (Heckbert 1982) over colours of five bits per channel. */
function indexed(data: Uint8ClampedArray): { palette: Color[]; indices: Uint8Array } {
  const keys = Uint16Array.from({ length: data.length / 4 }, (_, i) => keyOf(data, i * 4));
  let boxes = [histogram(data, keys)];
  while (boxes.length < 256 && boxes.some((box) => box.length > 1)) {
    boxes = boxes.sort((a, b) => weight(b) - weight(a)).flatMap((box, i) => (i === 0 ? halves(box) : [box]));
  }
  const entries = new Map(boxes.flatMap((box, entry) => box.map(({ key }): [number, number] => [key, entry])));
  return { palette: boxes.map(meanColor), indices: Uint8Array.from(keys, (key) => entries.get(key) as number) };
}

function keyOf(data: Uint8ClampedArray, at: number): number {
  const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
  return ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
}

function histogram(data: Uint8ClampedArray, keys: Uint16Array): Bin[] {
  const sums = new Map<number, [number, number, number, number]>();
  keys.forEach((key, i) => {
    const sum = sums.get(key) ?? [0, 0, 0, 0];
    for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + (data[i * 4 + c] as number);
    sum[3]++;
    sums.set(key, sum);
  });
  return [...sums].map(([key, [red, green, blue, count]]) => ({
    key,
    color: [red / count, green / count, blue / count],
    count,
  }));
}

/** The boxes with many pixels and a wide range are cut first. */
function weight(box: readonly Bin[]): number {
  return box.length < 2 ? 0 : Math.sqrt(total(box)) * Math.max(...extents(box));
}

function halves(box: readonly Bin[]): Bin[][] {
  const ranges = extents(box);
  const axis = ranges.indexOf(Math.max(...ranges));
  const sorted = [...box].sort((a, b) => (a.color[axis] as number) - (b.color[axis] as number));
  const half = total(box) / 2;
  let at = 1;
  for (let before = sorted[0]?.count ?? 0; before < half && at < sorted.length - 1; at++) {
    before += sorted[at]?.count ?? 0;
  }
  return [sorted.slice(0, at), sorted.slice(at)];
}

function extents(box: readonly Bin[]): number[] {
  return [0, 1, 2].map((axis) => {
    const values = box.map(({ color }) => color[axis] as number);
    return Math.max(...values) - Math.min(...values);
  });
}

function total(box: readonly Bin[]): number {
  return box.reduce((sum, { count }) => sum + count, 0);
}

function meanColor(box: readonly Bin[]): Color {
  const count = total(box);
  const mean = (axis: number): number =>
    Math.round(box.reduce((sum, bin) => sum + (bin.color[axis] as number) * bin.count, 0) / count);
  return [mean(0), mean(1), mean(2)];
}
