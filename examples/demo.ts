import { mkdir, readFile, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {
  deconvnet,
  eigenCam,
  fullGrad,
  gradCam,
  gradCamPlusPlus,
  gradient,
  gradientTimesInput,
  guidedBackprop,
  guidedGradCam,
  hiResCam,
  integratedGradients,
  layerCam,
  smoothGrad,
  xGradCam,
} from 'vitrine/attribution';
import { encodePng, fromInput, type Picture, toInput } from 'vitrine/image';
import { type Attribution, compile, type NdArray, predict, type RankedClass, summary, topClasses } from 'vitrine/network';
import { readModel, readPicture } from 'vitrine/node';
import { type ColorOptions, colorScale, contactSheet, heatmap, overlay, report, type SheetCell } from 'vitrine/render';

// `npm run demo [-- photo.jpg]`: classifies a photo and explains the prediction in many ways.
const photo = process.argv[2] ?? 'examples/images/chelsea.png';
const folder = 'examples/models/efficientnet-lite0';
const scale = { mean: 127, std: 128 };

/** How a map is shown: signed numbers and magnitudes as a heatmap, places as a layer over the photo. */
type View = 'signed' | 'magnitude' | 'place';

interface Method {
  readonly title: string;
  readonly view: View;
  readonly run: () => Promise<Attribution>;
}

interface Outcome extends Method {
  readonly attribution: Attribution;
  readonly milliseconds: number;
}

const backend = await startBackend();
const labels = JSON.parse(await readFile(`${folder}/labels.json`, 'utf8')) as string[];
const model = await readModel(`${folder}/model.json`);
const x = toInput(await readPicture(photo), { size: 224, antialias: true, ...scale });
const seen = fromInput(x, scale);
const network = compile(model);

const prediction = await timed(() => predict(network, x));
const top = topClasses(prediction.result.values, 5, labels)[0] as RankedClass[];
const { layers, parameterCount, multiplyAdds } = summary(network);
console.log(`${model.name} on ${backend}: ${layers.length} layers, ${millions(parameterCount)} weights, ${millions(multiplyAdds)} multiply-adds`);
console.log(`\n${photo}`);
for (const { label, value } of top) console.log(`  ${percent(value).padStart(6)}  ${label}`);

const methods: readonly Method[] = [
  { title: 'Gradient', view: 'magnitude', run: () => gradient(network, x) },
  { title: 'SmoothGrad', view: 'magnitude', run: () => smoothGrad(network, x) },
  { title: 'Gradient × input', view: 'signed', run: () => gradientTimesInput(network, x) },
  { title: 'Integrated gradients', view: 'signed', run: () => integratedGradients(network, x) },
  { title: 'Deconvnet', view: 'signed', run: () => deconvnet(network, x) },
  { title: 'Guided backprop', view: 'signed', run: () => guidedBackprop(network, x) },
  { title: 'Guided Grad-CAM', view: 'signed', run: () => guidedGradCam(network, x) },
  { title: 'FullGrad', view: 'place', run: () => fullGrad(network, x) },
  { title: 'Grad-CAM', view: 'place', run: () => gradCam(network, x) },
  { title: 'Grad-CAM++', view: 'place', run: () => gradCamPlusPlus(network, x) },
  { title: 'HiResCAM', view: 'place', run: () => hiResCam(network, x) },
  { title: 'XGrad-CAM', view: 'place', run: () => xGradCam(network, x) },
  { title: 'LayerCAM', view: 'place', run: () => layerCam(network, x) },
  { title: 'LayerCAM, block10_add', view: 'place', run: () => layerCam(network, x, { layer: 'block10_add' }) },
  { title: 'Eigen-CAM', view: 'place', run: () => eigenCam(network, x) },
];

console.log(`\n${'method'.padEnd(24)}${'ms'.padStart(8)}${'predictions'.padStart(14)}`);
logTime('Prediction', prediction.milliseconds);
const outcomes: Outcome[] = [];
for (const method of methods) {
  const { result: attribution, milliseconds } = await timed(method.run);
  outcomes.push({ ...method, attribution, milliseconds });
  logTime(method.title, milliseconds);
}
network.dispose();
model.dispose();

await mkdir('out', { recursive: true });
await writeFile('out/contact-sheet.png', encodePng(sheet(outcomes)));
await writeFile('out/report.html', page(outcomes));
console.log('\nwritten: out/contact-sheet.png, out/report.html');

async function startBackend(): Promise<string> {
  await tf.setBackend(process.env['BACKEND'] ?? 'wasm');
  await tf.ready();
  return tf.getBackend();
}

/** The median of three runs after a first one, which makes and keeps kernels; of the first alone where that takes long. */
async function timed<T>(run: () => Promise<T>): Promise<{ result: T; milliseconds: number }> {
  let result: T;
  const clock = async (): Promise<number> => {
    const start = performance.now();
    result = await run();
    return performance.now() - start;
  };
  const first = await clock();
  if (first > 1500) return { result: result!, milliseconds: first };
  const times = [await clock(), await clock(), await clock()].sort((a, b) => a - b);
  return { result: result!, milliseconds: times[1] as number };
}

function logTime(title: string, milliseconds: number): void {
  const ratio = (milliseconds / prediction.milliseconds).toFixed(1);
  console.log(`${title.padEnd(24)}${milliseconds.toFixed(0).padStart(8)}${ratio.padStart(14)}`);
}

function sheet(outcomes: readonly Outcome[]): Picture {
  const [{ label = '', value }] = top as [RankedClass];
  const cells = [{ picture: seen, title: 'Photo', subtitle: `${label} ${percent(value)}` }, ...outcomes.map(cell)];
  return contactSheet(cells, { columns: 4, title: `Why "${label}"?` });
}

function cell({ title, view, attribution, milliseconds }: Outcome): SheetCell {
  const options = colorsOf(view);
  const { values } = attribution;
  return {
    picture: draw(view, values),
    title,
    subtitle: `${milliseconds.toFixed(0)} ms`,
    colorbar: colorScale(values, options),
  };
}

function draw(view: View, values: NdArray): Picture {
  return view === 'place' ? overlay(seen, values, colorsOf(view)) : heatmap(values, colorsOf(view));
}

function colorsOf(view: View): ColorOptions {
  if (view === 'place') return { colormap: 'turbo' };
  return { percentile: 99.5, ...(view === 'magnitude' ? { channels: 'maxAbs' } : { channels: 'sum' }) };
}

function page(outcomes: readonly Outcome[]): string {
  const pictures = outcomes.map(({ title, view, attribution }) => ({ picture: draw(view, attribution.values), caption: title }));
  return report([
    {
      title: 'Prediction',
      pictures: [{ picture: seen, caption: photo }],
      table: { columns: ['class', 'probability'], rows: top.map(({ label = '', value }) => [label, value]) },
    },
    { title: 'Explanations', pictures },
  ]);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} M`;
}
