import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { activations, compile, installKernels, type NdArray, type Network } from 'vitrine';
import { refitHead } from 'vitrine/diagnosis';
import { readCheckpoints } from '../../../src/diagnosis/influence/allLayers/checkpoints.ts';
import { ekfacInfluence, ekfacSelfInfluence } from '../../../src/diagnosis/influence/allLayers/ekfac.ts';
import type { GradientParameters } from '../../../src/diagnosis/influence/allLayers/gradientProblem.ts';
import { tracInInfluence, tracInSelfInfluence } from '../../../src/diagnosis/influence/allLayers/tracIn.ts';
import { random, randomSubset } from '../../../src/numeric/random.ts';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { type Clothes, firstOf, readClothes } from '../../fashion-mnist/images.ts';
import { aim } from '../aim.ts';
import { exactHead, type HeadRows } from './allLayers/exactHead.ts';

type Print = (line: string) => void;

/** What a method says of the training set. */
interface Estimate {
  readonly name: string;
  /** `[t][n]`; none of the plain loss. */
  readonly changes?: readonly ArrayLike<number>[];
  readonly self: ArrayLike<number>;
  readonly seconds: number;
}

/** How near a method comes. */
interface EstimateRow {
  readonly name: string;
  /** Pearson's correlation with the exact head over all pairs, and with fitting the head again without 30 images. */
  readonly exact: number;
  readonly leftOut: number;
  /** How well it tells wrong labels: the area under the curve. */
  readonly auc: number;
}

const [count, flips, tests, penalty] = [600, 60, 20, 0.01];

/**
 * Influence by all layers on a small network with some wrong labels: EK-FAC and TracInCP, each of the head and of all
 * layers, beside the exact head and beside fitting the head again; and who finds the wrong labels, beside the plain loss.
 */
export async function studyAllLayers(print: Print): Promise<{ readonly rows: readonly EstimateRow[] }> {
  const uninstall = installKernels({ replace: true });
  const [clean, held] = [firstOf(await readClothes('train'), count), firstOf(await readClothes('t10k'), tests)];
  const { set, flipped } = withWrongLabels(clean);
  const checkpoints: { weights: Tensor[]; learningRate: number }[] = [];
  const model = await trainClassifier(set, {
    epochs: 9,
    seed: 0,
    onEpoch: (at, epoch) => {
      if (epoch % 3 === 0)
        checkpoints.push({ weights: at.getWeights().map((weight) => tf.clone(weight)), learningRate: 1e-3 });
    },
  });
  const network = compile(model);
  const refitted = await refitHead(network, set.images, [...set.classes], { penalty, batchSize: 50 });
  const started = performance.now();
  const [training, test] = [await headRows(model, set), await headRows(model, held)];
  const exact = exactHead(training, test, penalty);
  const estimates: Estimate[] = [
    { name: 'exact head', changes: exact.changes, self: exact.self, seconds: (performance.now() - started) / 1000 },
    await byEkfac(refitted.network, { set, held }, 'head'),
    await byEkfac(refitted.network, { set, held }, 'all'),
    await byTracIn(network, { set, held, checkpoints }, 'head'),
    await byTracIn(network, { set, held, checkpoints }, 'all'),
    { name: 'plain loss of the head', self: exact.losses, seconds: 0 },
  ];
  const left = [...randomSubset(count, 30, random(0, 1))];
  const again = left.map((example) => exact.leftOut(example));
  const rows = estimates.map((estimate) => rowOf(estimate, { exact: exact.changes, left, again, flipped }));
  report(rows, estimates, print);
  tf.dispose(checkpoints.map(({ weights }) => weights));
  [refitted.network, network].forEach((one) => void one.dispose());
  model.dispose();
  uninstall();
  return { rows };
}

interface Sets {
  readonly set: Clothes;
  readonly held: Clothes;
}

/** Some labels are exchanged for another one. */
function withWrongLabels(clean: Clothes): { readonly set: Clothes; readonly flipped: ReadonlySet<number> } {
  const flipped = new Set(randomSubset(count, flips, random(0, 0)));
  const { integer } = random(0, 2);
  const classes = clean.classes.map((label, i) => (flipped.has(i) ? (label + 1 + integer(9)) % 10 : label));
  return { set: { images: clean.images, classes }, flipped };
}

async function headRows(model: LayersModel, { images, classes }: Clothes): Promise<HeadRows> {
  const { shape, data } = (await activations(model, images, ['features'], { batchSize: 50 }))['features'] as NdArray;
  const [rows, width] = shape as [number, number];
  return {
    rows: Array.from({ length: rows }, (_, i) => Float64Array.of(...data.slice(i * width, (i + 1) * width), 1)),
    labels: [...classes],
  };
}

function problemOf(network: Network, { set, held }: Sets, parameters: GradientParameters) {
  const [head] = network.heads;
  return {
    problem: { network, head, parameters, seed: 0, batchSize: 25 },
    training: { inputs: [set.images], labels: set.classes },
    test: { inputs: [held.images], labels: held.classes },
  };
}

async function byEkfac(network: Network, sets: Sets, parameters: 'head' | 'all'): Promise<Estimate> {
  const started = performance.now();
  const { problem, training, test } = problemOf(network, sets, parameters);
  const { lossChangeIfRemoved } = await ekfacInfluence(problem, training, test);
  const seconds = (performance.now() - started) / 1000;
  const { values } = await ekfacSelfInfluence(problem, training);
  return { name: `EK-FAC, ${named(parameters)}`, changes: rowsOf(lossChangeIfRemoved.data), self: values, seconds };
}

async function byTracIn(
  network: Network,
  { checkpoints, ...sets }: Sets & { readonly checkpoints: readonly { weights: Tensor[]; learningRate: number }[] },
  parameters: 'head' | 'all',
): Promise<Estimate> {
  const started = performance.now();
  const { problem, training, test } = problemOf(network, sets, parameters);
  const read = await readCheckpoints(network, checkpoints);
  const { lossChangeIfRemoved } = await tracInInfluence(problem, training, { test, checkpoints: read });
  const seconds = (performance.now() - started) / 1000;
  const { values } = await tracInSelfInfluence(problem, training, read);
  return { name: `TracInCP, ${named(parameters)}`, changes: rowsOf(lossChangeIfRemoved.data), self: values, seconds };
}

function named(parameters: 'head' | 'all'): string {
  return parameters === 'head' ? 'head' : 'all layers';
}

function rowsOf(data: Float32Array): Float32Array[] {
  return Array.from({ length: tests }, (_, test) => data.subarray(test * count, (test + 1) * count));
}

interface Truth {
  readonly exact: readonly ArrayLike<number>[];
  readonly left: readonly number[];
  /** Of each image that was left out the rise of each test loss. */
  readonly again: readonly Float64Array[];
  readonly flipped: ReadonlySet<number>;
}

function rowOf({ name, changes, self }: Estimate, { exact, left, again, flipped }: Truth): EstimateRow {
  const auc = areaOf(self, flipped);
  if (!changes) return { name, exact: Number.NaN, leftOut: Number.NaN, auc };
  const all = (rows: readonly ArrayLike<number>[]): number[] => rows.flatMap((row) => Array.from(row));
  const predicted = left.flatMap((example) => changes.map((row) => row[example] as number));
  return {
    name,
    exact: pearson(all(changes), all(exact)),
    leftOut: pearson(
      predicted,
      again.flatMap((rise) => [...rise]),
    ),
    auc,
  };
}

/** How often a wrong label has a greater value than a right one. */
function areaOf(values: ArrayLike<number>, wrong: ReadonlySet<number>): number {
  const [yes, no] = [true, false].map((is) => Array.from(values).filter((_, i) => wrong.has(i) === is)) as [
    number[],
    number[],
  ];
  const wins = yes.flatMap((a) => no.map((b) => (a > b ? 1 : a === b ? 0.5 : 0) as number));
  return wins.reduce((sum, value) => sum + value, 0) / wins.length;
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const centred = (values: readonly number[]): number[] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const dot = (x: number[], y: number[]): number => x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  const [x, y] = [centred(a), centred(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

function report(rows: readonly EstimateRow[], estimates: readonly Estimate[], print: Print): void {
  print('| method | r with the exact head | r with the head fitted again | AUC of wrong labels | seconds |');
  print('| --- | --- | --- | --- | --- |');
  const shown = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(3));
  rows.forEach(({ name, exact, leftOut, auc }, i) =>
    print(`| ${name} | ${shown(exact)} | ${shown(leftOut)} | ${shown(auc)} | ${estimates[i]?.seconds.toFixed(1)} |`),
  );
  const of = (name: string): EstimateRow => rows.find((row) => row.name === name) as EstimateRow;
  print('');
  aim(print, 'the exact head foretells the head fitted again, r above .99', of('exact head').leftOut > 0.99);
  aim(print, 'EK-FAC of the head comes near to the exact head, r above .7', of('EK-FAC, head').exact > 0.7);
  aim(
    print,
    'EK-FAC of the head comes nearer than TracInCP of the head',
    of('EK-FAC, head').exact > of('TracInCP, head').exact,
  );
  const best = Math.max(...rows.slice(0, -1).map(({ auc }) => auc));
  aim(
    print,
    'no self-influence finds wrong labels better than the plain loss by .02',
    best < of('plain loss of the head').auc + 0.02,
  );
}
