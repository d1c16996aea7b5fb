import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import { encode } from 'fast-png';
import {
  compile,
  contactSheet,
  gradCam,
  guidedBackprop,
  heatmap,
  layerCam,
  type Network,
  overlay,
  type Picture,
  type SheetCell,
  toInput,
  useBackend,
} from 'vitrine';
import { readModel, readPicture } from 'vitrine/node';

// `tsx examples/make-pictures.ts`, after `npm run demo`: the pictures of the README and the guides.
const scale = { mean: 127, std: 128 };
const classes = { 'Egyptian cat': 285, 'tiger cat': 282, lynx: 287 };

await useBackend('wasm');
await mkdir('docs/pictures', { recursive: true });
const model = await readModel('examples/models/efficientnet-lite0/model.json');
const network = compile(model);
const photo = await readPicture('examples/images/chelsea.png');

await write('contact-sheet', await readPicture('out/contact-sheet.png'));
await write('layers', await layers(network, ['block2_add', 'block6_add', 'block10_add', 'head_relu']));
await write('classes', await perClass(network));
network.dispose();
model.dispose();

/** One method at several depths. */
async function layers(network: Network, addresses: readonly string[]): Promise<Picture> {
  const x = toInput(photo, scale);
  const cells: SheetCell[] = [{ picture: photo, title: 'Photo' }];
  for (const layer of addresses) {
    const map = await layerCam(network, x, { layer });
    cells.push({ picture: overlay(photo, map, { colormap: 'turbo' }), title: 'LayerCAM', subtitle: layer });
  }
  return contactSheet(cells, { columns: 5, cellWidth: 160 });
}

/** What depends on the class, and what does not. */
async function perClass(network: Network): Promise<Picture> {
  const x = toInput(photo, scale);
  const rows: SheetCell[][] = [[], []];
  for (const [name, target] of Object.entries(classes)) {
    const cam = await gradCam(network, x, { target, layer: 'block10_add' });
    const guided = await guidedBackprop(network, x, { target });
    rows[0]?.push({ picture: overlay(photo, cam, { colormap: 'turbo' }), title: 'Grad-CAM', subtitle: name });
    rows[1]?.push({ picture: heatmap(guided, { percentile: 99.5 }), title: 'Guided backprop', subtitle: name });
  }
  return contactSheet(rows.flat(), { columns: 3, cellWidth: 160 });
}

/** A PNG of at most 256 colours, a third of the size of the full one. */
async function write(name: string, { width, height, data }: Picture): Promise<void> {
  const { palette, indices } = indexed(data);
  await writeFile(
    `docs/pictures/${name}.png`,
    encode({ width, height, data: indices, channels: 1, depth: 8, palette }),
  );
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
