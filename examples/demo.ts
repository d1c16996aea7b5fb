import { mkdir, readFile, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import {
  type Attribution,
  colorScale,
  compile,
  contactSheet,
  deconvnet,
  eigenCam,
  encodePng,
  fromInput,
  fullGrad,
  gradCam,
  gradCamPlusPlus,
  gradient,
  gradientTimesInput,
  guidedBackprop,
  guidedGradCam,
  heatmap,
  hiResCam,
  integratedGradients,
  layerCam,
  type NdArray,
  overlay,
  type Picture,
  predict,
  report,
  smoothGrad,
  summary,
  toInput,
  topClasses,
  useBackend,
  xGradCam,
} from 'vitrine';
import type { FullGradient } from 'vitrine/attribution';
import { readModel, readPicture } from 'vitrine/node';
import type { ColorOptions, SheetCell } from 'vitrine/render';

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

const { name: backend } = await useBackend('wasm');
const labels = JSON.parse(await readFile(`${folder}/labels.json`, 'utf8')) as string[];
const model = await readModel(`${folder}/model.json`);
const x = toInput(await readPicture(photo), { size: 224, antialias: true, ...scale });
const seen = fromInput(x, scale);
const network = compile(model);

// The first walk makes the kernels that all others use.
await gradient(network, x);
const prediction = await timed(() => predict(network, x));
const top = topClasses(prediction.result.values, 5, labels)[0] ?? [];
const { layers, parameterCount, multiplyAdds } = summary(network);
console.log(
  `${model.name} on ${backend}: ${layers.length} layers, ${millions(parameterCount)} weights, ${millions(multiplyAdds)} multiply-adds`,
);
console.log(`\n${photo}`);
for (const { label, value } of top) console.log(`  ${percent(value).padStart(6)}  ${label}`);

const earlier = { layer: 'block10_add' };
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
  { title: 'Eigen-CAM', view: 'place', run: () => eigenCam(network, x) },
  { title: 'Grad-CAM', view: 'place', run: () => gradCam(network, x, earlier) },
  { title: 'HiResCAM', view: 'place', run: () => hiResCam(network, x, earlier) },
  { title: 'XGrad-CAM', view: 'place', run: () => xGradCam(network, x, earlier) },
  { title: 'LayerCAM', view: 'place', run: () => layerCam(network, x, earlier) },
];

console.log(`\n${'method'.padEnd(32)}${'ms'.padStart(7)}${'predictions'.padStart(14)}`);
logTime('Prediction', prediction.milliseconds);
const outcomes: Outcome[] = [];
for (const method of methods) {
  const { result: attribution, milliseconds } = await timed(method.run);
  outcomes.push({ ...method, attribution, milliseconds });
  logTime(titleOf({ ...method, attribution, milliseconds }), milliseconds);
}
network.dispose();
model.dispose();

const name = top[0]?.label ?? '';
await mkdir('out', { recursive: true });
await writeFile('out/contact-sheet.png', encodePng(sheet()));
await writeFile('out/report.html', page());
console.log('\nwritten: out/contact-sheet.png, out/report.html');

/** The median of three runs after a first one; of slow methods the first run alone. */
async function timed<T>(run: () => Promise<T>): Promise<{ result: T; milliseconds: number }> {
  const clock = async (): Promise<{ result: T; milliseconds: number }> => {
    const start = performance.now();
    const result = await run();
    return { result, milliseconds: performance.now() - start };
  };
  const first = await clock();
  if (first.milliseconds > 1000) return first;
  const runs = [await clock(), await clock(), await clock()];
  return runs.sort((a, b) => a.milliseconds - b.milliseconds)[1] ?? first;
}

function logTime(title: string, milliseconds: number): void {
  const ratio = (milliseconds / prediction.milliseconds).toFixed(1);
  console.log(`${title.padEnd(32)}${milliseconds.toFixed(0).padStart(7)}${ratio.padStart(14)}`);
}

function sheet(): Picture {
  const photoCell = { picture: seen, title: 'Photo', subtitle: `${name} ${percent(top[0]?.value ?? 0)}` };
  return contactSheet([photoCell, ...outcomes.map(cell)], { columns: 4, title: `Why "${name}"?` });
}

function cell({ title, view, attribution, milliseconds }: Outcome): SheetCell {
  const { values, layer } = attribution;
  const subtitle = `${layer ? `${layer}, ` : ''}${milliseconds.toFixed(0)} ms`;
  return { picture: draw(view, values), title, subtitle, colorbar: colorScale(values, colorsOf(view)) };
}

function draw(view: View, values: NdArray): Picture {
  return view === 'place' ? overlay(seen, values, colorsOf(view)) : heatmap(values, colorsOf(view));
}

// Maps over pixels have a few extreme values; a scale that held them would leave the rest pale.
function colorsOf(view: View): ColorOptions {
  if (view === 'place') return { colormap: 'turbo' };
  return { quantile: 0.995, channels: view === 'magnitude' ? 'maxAbs' : 'sum' };
}

function page(): string {
  const captioned = (shown: readonly Outcome[]): { picture: Picture; caption: string }[] =>
    shown.map((outcome) => ({ picture: draw(outcome.view, outcome.attribution.values), caption: titleOf(outcome) }));
  return report(
    [
      {
        title: 'Prediction',
        text: `${model.name} (${millions(parameterCount)} weights, ${millions(multiplyAdds)} multiply-adds) on ${backend}.`,
        pictures: [{ picture: seen, caption: photo }],
        table: { columns: ['class', 'probability'], rows: top.map(({ label = '', value }) => [label, value]) },
      },
      {
        title: 'Which pixels matter',
        text: `Maps over the pixels for "${name}". Red speaks for the class, blue against it; gradient and SmoothGrad show magnitudes. Colours are clipped at the 99.5th percentile.`,
        pictures: captioned(outcomes.filter(({ view }) => view !== 'place')),
      },
      {
        title: 'Where the evidence is',
        text: 'Maps over places, laid over the photo; red is most.',
        pictures: captioned(outcomes.filter(({ view }) => view === 'place')),
      },
      {
        title: 'Do the sums hold?',
        text: 'Methods that promise completeness distribute a score, and what they distribute can be added up.',
        table: { columns: ['method', 'promised', 'found'], rows: sums() },
      },
      {
        title: 'Times',
        text: `One prediction takes ${prediction.milliseconds.toFixed(0)} ms with the compiled network.`,
        table: {
          columns: ['method', 'milliseconds', 'predictions'],
          rows: outcomes.map((outcome) => [
            titleOf(outcome),
            Math.round(outcome.milliseconds),
            outcome.milliseconds / prediction.milliseconds,
          ]),
        },
      },
    ],
    { title: `Why "${name}"?` },
  );
}

function titleOf({ title, attribution: { layer } }: Outcome): string {
  return layer ? `${title}, ${layer}` : title;
}

/** What the maps of complete methods add up to, beside what they promise. */
function sums(): (readonly [string, number, number])[] {
  return outcomes.flatMap(({ title, attribution }): (readonly [string, number, number])[] => {
    const { values, score, delta } = attribution;
    const whole = values.data.reduce((sum, value) => sum + value, 0);
    if (delta) return [[`${title}: logit − logit of the baseline`, whole - (delta[0] as number), whole]];
    if (!('totals' in attribution)) return [];
    const { totals, implicit } = attribution as FullGradient;
    const parts = (totals.data[0] as number) + (totals.data[1] as number) + (implicit[0] as number);
    return [[`${title}: logit`, score[0] as number, parts]];
  });
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} million`;
}
