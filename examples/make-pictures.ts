import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import {
  type Attribution,
  colorScale,
  compile,
  contactSheet,
  gradCam,
  guidedBackprop,
  heatmap,
  layerCam,
  type Network,
  overlay,
  type Picture,
  toInput,
  useBackend,
} from 'vitrine';
import { readModel, readPicture } from 'vitrine/node';
import type { SheetCell } from 'vitrine/render';
import { type FamilyMethod, familiesOf } from './pictures/families.ts';
import { indexedPng } from './pictures/indexedPng.ts';
import { pageShot } from './pictures/pageShot.ts';
import { visibleRange } from './pictures/visibleRange.ts';
import { volumeSheet } from './pictures/volumeSheet.ts';
import { joined } from './scenes/rows.ts';

// `npm run pictures [-- name …]`, after `npm run example:question` and all demos (`npm run demo`, `demo:dissect`,
// `demo:locations`, `demo:graph`, `demo:trees`, `demo:visualize`) and `npm run study:visualization`: the pictures of the README and the guides, or some.
const scale = { mean: 127, std: 128 };
const classes = { 'Egyptian cat': 285, 'tiger cat': 282, lynx: 287 };

await useBackend('wasm');
await mkdir('docs/pictures', { recursive: true });
const model = await readModel('examples/models/efficientnet-lite0/model.json');
const network = compile(model);
const photos = await Promise.all(
  ['chelsea', 'coffee', 'rocket'].map((name) => readPicture(`examples/images/${name}.png`)),
);
const photo = photos[0] as Picture;

const pictures: Readonly<Record<string, () => Promise<Picture>>> = {
  'contact-sheet': () => readPicture('out/contact-sheet.png'),
  'question-answering': () => readPicture('out/question-answering.png'),
  animals: () => readPicture('out/animals.png'),
  'dissection-report': () =>
    pageShot('out/dissection.html', async (page) => {
      await page.locator('#layer').selectOption('conv4');
      await page.waitForFunction(() => document.querySelectorAll('.strip image').length > 0);
    }),
  'explanatory-graph': () =>
    pageShot('out/graph-horse.html', async (page) => {
      await page.setViewportSize({ width: 1240, height: 900 });
      // The strongest node of the middle layer is the least transparent one.
      await page.locator('[data-layer="1"].node').evaluateAll((nodes: HTMLElement[]) => {
        nodes.reduce((best, node) => (Number(node.style.opacity) > Number(best.style.opacity) ? node : best)).click();
      });
      await page.waitForFunction(() => document.querySelectorAll('.detail canvas').length > 0);
    }),
  'visualization-units': () => readPicture('out/visualization/units.png'),
  'visualization-inversion': () => readPicture('out/visualization/inversion.png'),
  'visualization-atlas': () =>
    pageShot('out/visualization/atlas.html', (page) => page.setViewportSize({ width: 980, height: 880 })),
  'visualization-dictionary': () =>
    pageShot('out/visualization/dictionary.html', (page) => page.setViewportSize({ width: 1100, height: 700 })),
  'visualization-generators': () => readPicture('out/visualization/study/generators-samples.png'),
  'conditional-relevance': () => readPicture('out/visualization/study/trust-units.png'),
  'concepts-craft': () => readPicture('out/visualization/study/concepts-espresso.png'),
  parts: () => readPicture('out/parts-horse.png'),
  'filter-parts': () => readPicture('out/filter-horse.png'),
  trees: () => pageShot('out/trees.html', async () => {}),
  layers: () => layers(network, ['block2_add', 'block6_add', 'block10_add', 'head_relu']),
  classes: () => perClass(network),
  volumes: volumeSheet,
  ...Object.fromEntries(
    Object.entries(familiesOf(joined(photos.map((one) => toInput(one, scale))))).map(([name, methods]) => [
      `methods-${name}`,
      () => family(network, methods),
    ]),
  ),
};
const wanted = process.argv.slice(2);
for (const [name, make] of Object.entries(pictures)) {
  if (wanted.length === 0 || wanted.includes(name)) await write(name, await make());
}
network.dispose();
model.dispose();

/** All methods of a family, with what each took. */
async function family(network: Network, methods: readonly FamilyMethod[]): Promise<Picture> {
  const x = toInput(photo, scale);
  const cells: SheetCell[] = [{ picture: photo, title: 'Photo' }];
  for (const { title, explain, view } of methods) {
    const start = performance.now();
    const map = await explain(network, x);
    const seconds = (performance.now() - start) / 1000;
    console.log(`${title}: ${seconds.toFixed(1)} s`);
    cells.push({ title, subtitle: `${seconds.toFixed(1)} s`, ...drawn(map, view) });
  }
  return contactSheet(cells, { columns: 5, cellWidth: 180 });
}

/** A coarse map over the photo, a signed or a bright one on its own. */
function drawn(map: Attribution, view: FamilyMethod['view']): Pick<SheetCell, 'picture' | 'colorbar'> {
  if (view === 'place') return { picture: overlay(photo, map, { colormap: 'turbo', ...visibleRange(map.values) }) };
  const options = { channels: view === 'signed' ? 'sum' : 'maxAbs', quantile: 0.995 } as const;
  return { picture: heatmap(map, options), colorbar: colorScale(map, options) };
}

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
    rows[1]?.push({ picture: heatmap(guided, { quantile: 0.995 }), title: 'Guided backprop', subtitle: name });
  }
  return contactSheet(rows.flat(), { columns: 3, cellWidth: 160 });
}

async function write(name: string, picture: Picture): Promise<void> {
  await writeFile(`docs/pictures/${name}.png`, indexedPng(picture));
}
