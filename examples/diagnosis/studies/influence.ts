import { activations, compile, installKernels, type NdArray, type Network } from 'vitrine';
import { influence, representerPoints, selfInfluence, trainingAttack } from 'vitrine/diagnosis';
import { contactSheet, influenceGallery } from 'vitrine/render';
import { fittedHead } from '../../../src/diagnosis/influence/head/fittedHead.ts';
import { withOnes } from '../../../src/diagnosis/influence/head/headFeatures.ts';
import { type HeadExamples, headAt } from '../../../src/diagnosis/influence/head/headProblem.ts';
import { fromInput } from '../../../src/image/fromInput.ts';
import { descendingOrder, pearson, rocAuc } from '../../../src/numeric/correlation.ts';
import { random, randomSubset } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { type Clothes, clothes, firstOf, readClothes } from '../../fashion-mnist/images.ts';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { aim } from '../aim.ts';

type Print = (line: string) => void;

const [trained, count, flips, tests, penalty] = [3000, 600, 60, 200, 0.01];

interface Sets {
  readonly network: Network;
  /** With wrong labels. */
  readonly training: Examples;
  readonly test: Examples;
  readonly flipped: readonly boolean[];
  readonly rows: { readonly training: HeadExamples; readonly test: HeadExamples };
}

interface Examples {
  readonly images: NdArray;
  readonly labels: Int32Array;
}

/**
 * Influence in the last layer of a network of clothes: against fitting it again without an image, and without the simpler ways;
 * finding wrong labels; representer points; and training images whose change nobody sees.
 */
export async function studyInfluence(print: Print): Promise<{ readonly sheets: Record<string, Uint8Array> }> {
  const uninstall = installKernels({ replace: true });
  const model = await trainClassifier(firstOf(await readClothes('train'), trained), { epochs: 3, seed: 4 });
  const network = compile(model);
  const sets = await setsOf(network);
  const gallery = await leaveOneOut(sets, print);
  await wrongLabels(sets, print);
  const attack = await attacks(sets, print);
  network.dispose();
  model.dispose();
  uninstall();
  return { sheets: { 'influence-gallery': gallery, 'influence-attack': attack } };
}

async function setsOf(network: Network): Promise<Sets> {
  const rest = part(await readClothes('train'), trained, count);
  const test = part(await readClothes('t10k'), 0, tests);
  const chosen = new Set(randomSubset(count, flips, random(0, 0)));
  const { integer } = random(0, 2);
  const labels = rest.labels.map((label, i) => (chosen.has(i) ? (label + 1 + integer(9)) % 10 : label));
  const training = { images: rest.images, labels };
  return {
    ...{ network, training, test },
    flipped: Array.from(labels, (_, i) => chosen.has(i)),
    rows: { training: await rowsOf(network, training), test: await rowsOf(network, test) },
  };
}

function part({ images, classes }: Clothes, start: number, length: number): Examples {
  const data = images.data.slice(start * 784, (start + length) * 784);
  return {
    images: { shape: [length, 28, 28, 1], data },
    labels: Int32Array.from(classes.slice(start, start + length)),
  };
}

async function rowsOf(network: Network, { images, labels }: Examples): Promise<HeadExamples> {
  const { features } = await activations(network, images, ['features'], { batchSize: 50 });
  return { features: withOnes(features as NdArray), targets: labels };
}

/** The least certain test image: the prediction for 30 images, and what becomes of it without them. */
async function leaveOneOut(sets: Sets, print: Print): Promise<Uint8Array> {
  const { network, training, test, rows } = sets;
  const options = { penalty, refit: true, batchSize: 50 };
  const started = performance.now();
  const found = await influence(network, training, test, options);
  const seconds = (performance.now() - started) / 1000;
  const row = descendingOrder(found.testLosses)[0] as number;
  const at = (data: ArrayLike<number>) =>
    Float64Array.from({ length: count }, (_, i) => data[row * count + i] as number);
  const predicted = at(found.lossChangeIfRemoved.data);
  const chosen = [
    ...descendingOrder(predicted.map(Math.abs)).subarray(0, 20),
    ...randomSubset(count, 10, random(0, 7)),
  ];
  const actual = refitted(rows, row, chosen);
  const again = (values: ArrayLike<number>) =>
    pearson(
      chosen.map((i) => values[i] as number),
      actual,
    );
  const one = { images: slice(test.images, row, 1), labels: test.labels.slice(row, row + 1) };
  const by = async (other: object) =>
    at2((await influence(network, training, one, { ...options, ...other })).lossChangeIfRemoved);
  const [traced, damped, represented] = [
    await by({ method: 'tracIn' }),
    await by({ damping: 1 }),
    await by({ method: 'representer' }),
  ];
  const lissa = await by({ method: 'lissa', lissa: { steps: 2000 } });
  const same = sameLabel(rows, row);
  const slope = slopeOf(
    chosen.map((i) => predicted[i] as number),
    actual,
  );
  print(
    `test image ${row}, ${clothes[test.labels[row] as number]}; ${count} images, ${65 * 10} weights, exact in ${seconds.toFixed(1)} s`,
  );
  print('| what is compared with fitting the head again without an image | r of 30 images |');
  print('| --- | --- |');
  const lines: [string, ArrayLike<number>][] = [
    ['influence, exact', predicted],
    ['influence, LiSSA', lissa],
    ['influence, damping 1', damped],
    ['TracIn, the last weights only', traced],
    ['representer points', represented],
    ['product of features, same label', same],
  ];
  for (const [name, values] of lines) print(`| ${name} | ${again(values).toFixed(3)} |`);
  const points = await representerPoints(network, training, test, { penalty, batchSize: 50 });
  print('');
  aim(print, `r above .95: ${again(predicted).toFixed(4)}`, again(predicted) > 0.95);
  aim(print, `slope in .9 to 1.3: ${slope.toFixed(3)}`, slope >= 0.9 && slope <= 1.3);
  aim(print, `representer points rebuild the logits to 1e-3: ${points.error.toExponential(1)}`, points.error < 1e-3);
  const lowest = Math.max(again(traced), again(damped), again(same));
  aim(print, `no simpler way comes as near: ${lowest.toFixed(3)} at best`, lowest < again(predicted));
  const worst = [...descendingOrder(found.testLosses).subarray(0, 3)];
  const sheet = influenceGallery({ training, test }, found, {
    range: [0, 1],
    count: 4,
    labels: clothes,
    chosen: worst,
    cellWidth: 84,
  });
  return indexedPng(sheet);
}

function at2({ data }: NdArray): Float64Array {
  return Float64Array.from(data);
}

/** By how much the loss of a test example rises where the head is fitted without an example. */
function refitted({ training, test }: Sets['rows'], row: number, chosen: readonly number[]): number[] {
  const problem = { ...training, units: 10, loss: 'softmax' as const, penalty };
  const start = atOnce(fittedHead(problem));
  const lossOf = (weights: Float64Array) => atOnce(headAt({ ...problem, weights }, test)).losses[row] as number;
  return chosen.map((left) => {
    const counts = Float64Array.from({ length: count }, (_, i) => Number(i !== left));
    return lossOf(atOnce(fittedHead(problem, { counts, start }))) - lossOf(start);
  });
}

function sameLabel({ training, test }: Sets['rows'], row: number): Float64Array {
  const { columns, values } = training.features;
  return Float64Array.from({ length: count }, (_, i) => {
    if (training.targets[i] !== test.targets[row]) return 0;
    let sum = 0;
    for (let j = 0; j < columns; j++)
      sum += (values[i * columns + j] as number) * (test.features.values[row * columns + j] as number);
    return sum;
  });
}

function slopeOf(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const along = (a: readonly number[], ma: number) =>
    a.reduce((sum, value, i) => sum + (value - ma) * ((x[i] as number) - mx), 0);
  return along(y, my) / along(x, mx);
}

/** Who finds the wrong labels. */
async function wrongLabels({ network, training, flipped }: Sets, print: Print): Promise<void> {
  const { values, losses } = await selfInfluence(network, training, { penalty, refit: true, batchSize: 50 });
  const unsure = losses.map((loss) => 1 - Math.exp(-loss));
  const rows: [string, number][] = [
    ['self-influence', rocAuc(values, flipped)],
    ['plain loss', rocAuc(losses, flipped)],
    ['1 − p of the label', rocAuc(unsure, flipped)],
  ];
  print('');
  print(`| what tells ${flips} wrong labels of ${count} | AUC |`);
  print('| --- | --- |');
  for (const [name, area] of rows) print(`| ${name} | ${area.toFixed(3)} |`);
  const [self, plain] = [rows[0]?.[1] as number, rows[1]?.[1] as number];
  print('');
  aim(print, `self-influence, AUC at least .85: ${self.toFixed(3)}`, self >= 0.85);
  print(
    self > plain + 0.005
      ? `self-influence is better than the plain loss here, by ${(self - plain).toFixed(3)}`
      : 'self-influence is no better than the plain loss, which costs nothing',
  );
}

/** Training images that are changed by half a shade at most. */
async function attacks({ network, training, test, rows }: Sets, print: Print): Promise<Uint8Array> {
  const options = { penalty, bounds: [0, 1] as const, steps: 30, batchSize: 50 };
  const order = leastCertain(rows).slice(0, 5);
  print('');
  print('| test image | images changed | p of its label before | after | class after |');
  print('| --- | --- | --- | --- | --- |');
  let [shown, flippedOnes]: [Uint8Array | undefined, number] = [undefined, 0];
  for (const row of order) {
    const one = { images: slice(test.images, row, 1), labels: test.labels.slice(row, row + 1) };
    const found = await trainingAttack(network, training, one, { ...options, examples: 10 });
    const [before, after] = [found.confidence[0] as number, found.confidence.at(-1) as number];
    const name = clothes[found.classes[1]] as string;
    print(
      `| ${row}, ${clothes[test.labels[row] as number]} | 10 | ${before.toFixed(3)} | ${after.toFixed(3)} | ${name} |`,
    );
    flippedOnes += Number(found.success);
    if (shown === undefined || (found.success && flippedOnes === 1))
      shown = sheetOf(one.images, training.images, found);
  }
  print('');
  aim(
    print,
    `half a shade of 10 images turns a test image into another class: ${flippedOnes} of ${order.length}`,
    flippedOnes > 0,
  );
  return shown as Uint8Array;
}

/** The test images that the refitted head gets right, those first that it might as well not. */
function leastCertain({ training, test }: Sets['rows']): readonly number[] {
  const problem = { ...training, units: 10, loss: 'softmax' as const, penalty };
  const { expected } = atOnce(headAt({ ...problem, weights: atOnce(fittedHead(problem)) }, test));
  const margins = Array.from({ length: tests }, (_, i) => {
    const own = Array.from(expected.subarray(i * 10, (i + 1) * 10));
    const label = test.targets[i] as number;
    return (own[label] as number) - Math.max(...own.filter((_, k) => k !== label));
  });
  const right = [...margins.keys()].filter((i) => (margins[i] as number) > 0);
  return right.sort((a, b) => (margins[a] as number) - (margins[b] as number));
}

function sheetOf(
  test: NdArray,
  images: NdArray,
  { chosen, images: changed }: { chosen: readonly number[]; images: NdArray },
) {
  const pictureOf = (array: NdArray, row: number) => fromInput(slice(array, row, 1), { range: [0, 1] });
  const first = chosen.slice(0, 5);
  return indexedPng(
    contactSheet(
      [
        { picture: pictureOf(test, 0), title: 'test image' },
        ...first.map((row) => ({ picture: pictureOf(images, row), title: `training ${row}` })),
        { picture: pictureOf(test, 0), title: 'test image' },
        ...first.map((row, i) => ({ picture: pictureOf(changed, i), title: `changed ${row}` })),
      ],
      { columns: 6, cellWidth: 84 },
    ),
  );
}

function slice({ shape, data }: NdArray, start: number, length: number): NdArray {
  const size = data.length / (shape[0] as number);
  return { shape: [length, ...shape.slice(1)], data: data.slice(start * size, (start + length) * size) };
}
