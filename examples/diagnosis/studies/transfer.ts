import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { activations, installKernels, type NdArray, predict } from 'vitrine';
import {
  cka,
  classifierTask,
  intrinsicDimension,
  layerClassMoments,
  leep,
  logMe,
  outlierAuroc,
  outlierScores,
  separability,
  type TransferCurve,
  transferCurve,
} from 'vitrine/diagnosis';
import { transferChart } from 'vitrine/render';
import { softmaxAt, softmaxRegression } from '../../../src/numeric/linear/softmaxRegression.ts';
import { random, shuffled } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { type Clothes, firstOf, readClothes } from '../../fashion-mnist/images.ts';

type Print = (line: string) => void;

/** What the study hands over besides its table. */
export interface TransferFindings {
  readonly curve: TransferCurve;
  /** The curve as an SVG element. */
  readonly chart: string;
}

const cuts = ['conv1', 'conv2', 'conv3', 'features'] as const;
const epochs = 4;

/** Classes 0 to 4 of clothes, and classes 5 to 9 as 0 to 4. */
interface Halves {
  readonly a: { readonly training: Clothes; readonly test: Clothes };
  readonly b: { readonly training: Clothes; readonly test: Clothes };
}

/** What a network that knows half of the classes knows of the others (E2), which of its layers are general, and what its features look like. */
export async function studyTransfer(print: Print): Promise<TransferFindings> {
  const uninstall = installKernels({ replace: true });
  const [training, test] = [await readClothes('train'), await readClothes('t10k')];
  const halves: Halves = {
    a: { training: half(training, 0), test: half(test, 0) },
    b: { training: half(training, 5), test: half(test, 5) },
  };
  const networks = { untrained: network(1), trained: network(1), another: network(2) };
  await taskOf(halves.a).train(networks.trained, { seed: 1 });
  await taskOf(halves.a).train(networks.another, { seed: 2 });
  await studyScores(networks, halves, print);
  await studySpaces(networks, halves, print);
  for (const model of Object.values(networks)) model.dispose();
  const curve = await studyCurve(halves, print);
  uninstall();
  return { curve, chart: transferChart(curve, { title: 'Clothes 0–4 to 5–9' }) };
}

/** Three convolutions, 64 features and five classes. */
function network(seed: number): LayersModel {
  const seeded = (layer: number) => ({
    kernelInitializer: initializers.heNormal({ seed: 10 * (seed % 1e6) + layer }),
    activation: 'relu' as const,
  });
  const { conv2d, maxPooling2d, flatten, dense } = layers;
  return sequential({
    layers: [
      conv2d({ name: 'conv1', inputShape: [28, 28, 1], filters: 16, kernelSize: 3, ...seeded(1) }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ name: 'conv2', filters: 16, kernelSize: 3, ...seeded(2) }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ name: 'conv3', filters: 32, kernelSize: 3, ...seeded(3) }),
      flatten(),
      dense({ name: 'features', units: 64, ...seeded(4) }),
      dense({ name: 'classes', units: 5, ...seeded(5), activation: 'softmax' }),
    ],
  });
}

function taskOf({ training, test }: Halves['a']) {
  return classifierTask(examplesOf(training), examplesOf(test), { epochs });
}

function examplesOf({ images, classes }: Clothes) {
  return { images, labels: classes };
}

/** The images of five classes, which are numbered from 0. */
function half({ images, classes }: Clothes, first: number): Clothes {
  const chosen = [...classes.keys()].filter((i) => Math.floor((classes[i] as number) / 5) === first / 5);
  const data = new Float32Array(chosen.length * 784);
  chosen.forEach((image, i) => data.set(images.data.subarray(image * 784, (image + 1) * 784), i * 784));
  return {
    images: { shape: [chosen.length, 28, 28, 1], data },
    classes: Uint8Array.from(chosen, (image) => (classes[image] as number) - first),
  };
}

type Networks = Readonly<Record<'untrained' | 'trained' | 'another', LayersModel>>;

/** E2: features of a trained and an untrained network, ranked without training and by a linear probe. */
async function studyScores({ untrained, trained }: Networks, { b }: Halves, print: Print): Promise<void> {
  const mixed = shuffledClasses(b.training.classes);
  print('features of a network of 0–4 for 5–9 (aim: trained > untrained by all three, shuffled labels below)\n');
  print('             LEEP   LogME   linear probe   LogME of shuffled labels');
  const rows = [];
  for (const [name, model] of Object.entries({ trained, untrained })) {
    const { values } = await predict(model, b.training.images, { batchSize: 64, scale: 'probability' });
    const features = await featuresOf(model, b.training.images);
    const row = {
      leep: await leep(values, b.training.classes),
      logMe: await logMe(features, b.training.classes),
      probe: probe(features, b.training.classes, await featuresOf(model, b.test.images), b.test.classes),
      mixed: await logMe(features, mixed),
    };
    rows.push(row);
    print(`${name.padEnd(10)} ${of(row.leep)}  ${of(row.logMe)}   ${of(row.probe)}          ${of(row.mixed)}`);
  }
  const [good, poor] = rows as [(typeof rows)[0], (typeof rows)[0]];
  const isRanked = good.leep > poor.leep && good.logMe > poor.logMe && good.probe > poor.probe;
  print(`aim ${isRanked && good.mixed < poor.logMe - 0.1 ? 'met' : 'missed'}\n`);
}

async function featuresOf(model: LayersModel, images: NdArray): Promise<NdArray> {
  const { features } = await activations(model, images, ['features'], { batchSize: 64 });
  return features;
}

/** The accuracy of a regularised linear model of the features. */
function probe(features: NdArray, labels: Uint8Array, held: NdArray, heldLabels: Uint8Array): number {
  const problem = { features: withBias(features), labels, classes: 5, penalty: 1e-3, free: 64 };
  const { weights } = atOnce(softmaxRegression(problem, { tolerance: 1e-5 }));
  const { probabilities } = atOnce(softmaxAt({ ...problem, features: withBias(held), labels: heldLabels }, weights));
  const correct = [...heldLabels].filter((label, i) => {
    const own = [...probabilities.subarray(i * 5, (i + 1) * 5)];
    return own.indexOf(Math.max(...own)) === label;
  });
  return correct.length / heldLabels.length;
}

function withBias({ shape, data }: NdArray) {
  const [rows, width] = shape as readonly [number, number];
  const values = new Float64Array(rows * (width + 1)).fill(1);
  for (let i = 0; i < rows; i++) values.set(data.subarray(i * width, (i + 1) * width), i * (width + 1));
  return { rows, columns: width + 1, values };
}

function shuffledClasses(classes: Uint8Array): Uint8Array {
  return Uint8Array.from(shuffled(classes.length, random(0).integer), (place) => classes[place] as number);
}

/** How the classes lie at each layer, how alike networks are, and which images are strange to the features. */
async function studySpaces({ trained, untrained, another }: Networks, halves: Halves, print: Print): Promise<void> {
  const { images, classes } = halves.a.test;
  print('layer      separability: trained  untrained   CKA: of two trained  trained and untrained');
  const options = { layers: [...cuts], batchSize: 64 };
  const [own, random] = [
    await layerClassMoments(trained, images, classes, options),
    await layerClassMoments(untrained, images, classes, options),
  ];
  const some = firstOf(halves.a.test, 200);
  const seen = [];
  for (const model of [trained, another, untrained])
    seen.push(await activations(model, some.images, cuts, { batchSize: 64 }));
  for (const layer of cuts) {
    const [one, two, three] = seen.map((all) => flat(all[layer])) as [NdArray, NdArray, NdArray];
    print(
      `${layer.padEnd(10)}               ${of(separability(own[layer]).ratio)}     ${of(separability(random[layer]).ratio)}                 ${of(await cka(one, two))}                 ${of(await cka(one, three))}`,
    );
  }
  for (const [name, model] of Object.entries({ trained, untrained })) {
    const found = await intrinsicDimension(await featuresOf(model, images));
    print(
      `64 features, ${name}: ${found.components} components for 95 %, participation ${found.participation.toFixed(1)}, by two neighbours ${found.twoNearest.toFixed(1)}`,
    );
  }
  await studyOutliers(trained, halves, print);
}

function flat({ shape, data }: NdArray): NdArray {
  return { shape: [shape[0] as number, data.length / (shape[0] as number)], data };
}

async function studyOutliers(model: LayersModel, { a, b }: Halves, print: Print): Promise<void> {
  print('\nAUROC against held-out images of the known classes (aim: above .8 for inverted images and noise)');
  print('                    Mahalanobis   10th neighbour   1 − greatest probability');
  const known = await featuresOf(model, a.training.images);
  const score = async (images: NdArray): Promise<readonly ArrayLike<number>[]> => {
    const features = await featuresOf(model, images);
    const { values } = await predict(model, images, { batchSize: 64, scale: 'probability' });
    return [
      (await outlierScores(known, features, { labels: a.training.classes })).scores,
      (await outlierScores(known, features, { method: 'neighbors' })).scores,
      Array.from(
        features.data.subarray(0, images.shape[0]),
        (_, i) => 1 - Math.max(...values.data.subarray(i * 5, (i + 1) * 5)),
      ),
    ];
  };
  const inside = await score(a.test.images);
  for (const [name, images] of Object.entries(strangers(a.test.images, b.test.images))) {
    const outside = await score(images);
    const [one, two, three] = inside.map((scores, k) => outlierAuroc(scores, outside[k] as ArrayLike<number>));
    print(`${name.padEnd(18)} ${of(one)}         ${of(two)}            ${of(three)}`);
  }
  print('');
}

function strangers(images: NdArray, others: NdArray): Readonly<Record<string, NdArray>> {
  const { uniform } = random(7);
  return {
    'classes 5–9': others,
    inverted: { ...images, data: images.data.map((value) => 1 - value) },
    noise: { ...images, data: images.data.map(() => uniform()) },
  };
}

/** Which layers are general: AnB, AnB+, BnB, BnB+ and random ones, two seeds. */
async function studyCurve(halves: Halves, print: Print): Promise<TransferCurve> {
  const create = (_task: string, seed: number): LayersModel => network(seed);
  const tasks = { a: taskOf(halves.a), b: taskOf(halves.b) };
  const curve = await transferCurve(create, tasks, { layers: cuts, seeds: [0, 1] });
  print(
    `accuracy on 5–9, mean of two seeds; base ${of(curve.base.mean)} (${of(curve.base.low)} to ${of(curve.base.high)})\n`,
  );
  print(`        ${cuts.map((layer) => layer.padEnd(9)).join('')}`);
  for (const { kind, mean } of curve.curves)
    print(`${kind.padEnd(8)}${[...mean].map((value) => of(value).padEnd(9)).join('')}`);
  const at = (kind: string): Float64Array => curve.curves.find((one) => one.kind === kind)?.mean as Float64Array;
  const outcome = (name: string, isMet: boolean): void => print(`aim ${isMet ? 'met' : 'missed'}: ${name}`);
  outcome(
    'AnB within .02 of the base after one and two layers',
    [0, 1].every((n) => (at('AnB')[n] as number) > curve.base.mean - 0.02),
  );
  outcome(
    'random below AnB by .01 from the third layer on',
    [2, 3].every((n) => (at('random')[n] as number) < (at('AnB')[n] as number) - 0.01),
  );
  outcome(
    'BnB+ not .01 below the base',
    [...at('BnB+')].every((value) => value > curve.base.mean - 0.01),
  );
  return curve;
}

function of(value: number | undefined): string {
  return (value as number).toFixed(3).replace('0.', ' .').replace('- .', '-.').padStart(6);
}
