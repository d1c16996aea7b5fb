import * as tfl from '@tensorflow/tfjs-layers';
import { compile, installKernels, type Model, type NdArray, type Network } from 'vitrine';
import {
  type RepairCheck,
  type RepairRow,
  refitHead,
  repairReport,
  withoutDirection,
  withoutUnits,
} from 'vitrine/diagnosis';
import { randomDirections } from 'vitrine/dissection';
import { activations } from 'vitrine/network';
import { weightedLeastSquares } from '../../../src/numeric/linear/leastSquares.ts';
import { dot } from '../../../src/numeric/linear/vectors.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { type MarkedPictures, markedPictures, markNames, trainMarks } from '../worlds/attributes.ts';

type Print = (line: string) => void;

/** Where the direction and the units are taken out. */
const layer = 'features';

/** How many random directions are tried beside the one that was found. */
const RANDOM = 10;

/**
 * Two marks coincided in training, and the network tells the second partly by the first. Whether the accuracy of the worst
 * group rises once the direction of the first is taken out, its units are silenced, or the head is fitted to balanced groups;
 * and what happens to all else. Directions, units and how many of them are chosen on pictures of their own.
 */
export async function studyRepair(print: Print): Promise<void> {
  const restore = installKernels({ replace: true });
  for (const [seed, pair] of [
    [0, [0, 1]],
    [0, [2, 4]],
    [1, [0, 1]],
    [1, [2, 4]],
  ] as const) {
    const biased = markedPictures(2000, { seed: 1 + 10_000 * seed, pair });
    const model = await trainMarks(biased, { seed });
    const network = compile(model);
    const held = markedPictures(400, { seed: 770_000 });
    const test = markedPictures(1000, { seed: 880_000 });
    print(`\n### ${markNames[pair[1]]}, which coincided with ${markNames[pair[0]]}, seed ${seed}\n`);
    await projections(network, { pair, held, test }, print);
    await heads(model, { pair, biased, held, test }, print);
    network.dispose();
    model.dispose();
  }
  restore();
}

interface Repairing {
  readonly pair: readonly [number, number];
  readonly held: MarkedPictures;
  readonly test: MarkedPictures;
}

/** The second mark in groups of both; the first, which is given up; and the four that must stay. */
function checksOf({ labels }: MarkedPictures, [given, told]: readonly [number, number]): readonly RepairCheck[] {
  const of = (mark: number): number[] =>
    Array.from({ length: labels.shape[0] as number }, (_, i) => labels.data[i * 6 + mark] as number);
  const groups = of(given).map(
    (has, i) =>
      `${has ? 'with' : 'without'} ${markNames[given]}, ${of(told)[i] ? 'with' : 'without'} ${markNames[told]}`,
  );
  const alone = (mark: number, should: RepairCheck['should']): RepairCheck => ({
    name: markNames[mark] as string,
    labels: of(mark),
    target: mark,
    should,
  });
  const others = [0, 1, 2, 3, 4, 5].filter((mark) => mark !== given && mark !== told);
  return [
    { name: markNames[told] as string, labels: of(told), target: told, groups, should: 'change' },
    ...others.map((mark) => alone(mark, 'stay')),
    alone(given, 'change'),
  ];
}

/** Directions and units of the features, against random ones. */
async function projections(network: Network, { pair, held, test }: Repairing, print: Print): Promise<void> {
  const { features } = await activations(network, held.images, [layer]);
  const { name, vector } = await chosenDirection(network, features as NdArray, { pair, held, test });
  print(`direction of ${markNames[pair[0]]}, chosen on held out pictures: ${name}\n`);
  const unit = await chosenUnit(network, { pair, held, test });
  const mean = meanOf(features as NdArray);
  const views: Record<string, Network> = {
    before: network,
    'without the direction': withoutDirection(network, { layer, vector, mean }),
    [`without unit ${unit}`]: withoutUnits(network, { layer, units: [unit] }),
  };
  const random = randomDirections({ count: RANDOM, unitCount: 32, seed: 5 });
  for (let i = 0; i < RANDOM; i++)
    views[`random ${i}`] = withoutDirection(network, { layer, vector: random.data.slice(32 * i, 32 * (i + 1)), mean });
  const rows = await repairReport(views, test.images, { checks: checksOf(test, pair), batchSize: 50 });
  printRows(rows, print);
  const before = worstOf(rows, 'before');
  const without = worstOf(rows, 'without the direction');
  const randoms = Array.from({ length: RANDOM }, (_, i) => worstOf(rows, `random ${i}`));
  print(
    `worst group ${before.toFixed(3)} → ${without.toFixed(3)} without the direction, with random directions at best ${Math.max(...randoms).toFixed(3)} (aim: rises, and more than with any random one: ${without > before && without > Math.max(...randoms) ? 'met' : 'missed'})`,
  );
  const silenced = worstOf(rows, `without unit ${unit}`);
  print(
    `worst group ${before.toFixed(3)} → ${silenced.toFixed(3)} without a unit (aim: rises, ${silenced > before ? 'met' : 'missed'})`,
  );
  Object.entries(views)
    .filter(([name]) => name !== 'before')
    .forEach(([, view]) => view.dispose());
}

/**
 * The direction that does most for the worst group on the pictures held out: that of the first mark, as a regression on all
 * six marks has it, or what of it lies at right angles to the directions of the second mark, or of all others.
 */
async function chosenDirection(
  network: Network,
  features: NdArray,
  { pair: [given, told], held }: Repairing,
): Promise<{ readonly name: string; readonly vector: Float32Array }> {
  const directions = markDirections(features, held);
  const own = directions[given] as Float32Array;
  const others = directions.filter((_, mark) => mark !== given);
  const candidates: Record<string, Float32Array> = {
    'as it is': own,
    'beside the second mark': beside(own, [directions[told] as Float32Array]),
    'beside all others': beside(own, others),
  };
  const mean = meanOf(features);
  const views = Object.fromEntries(
    Object.entries(candidates).map(([name, vector]) => [name, withoutDirection(network, { layer, vector, mean })]),
  );
  const rows = await repairReport(views, held.images, { checks: checksOf(held, [given, told]), batchSize: 50 });
  Object.values(views).forEach((view) => view.dispose());
  const [name] = Object.keys(candidates).sort((a, b) => worstOf(rows, b) - worstOf(rows, a)) as [string];
  return { name, vector: candidates[name] as Float32Array };
}

/** The unit without which the worst group of the pictures held out is right most often. */
async function chosenUnit(network: Network, { pair, held }: Repairing): Promise<number> {
  const units = Array.from({ length: 32 }, (_, unit) => unit);
  const views = Object.fromEntries(units.map((unit) => [`${unit}`, withoutUnits(network, { layer, units: [unit] })]));
  const rows = await repairReport(views, held.images, { checks: checksOf(held, pair).slice(0, 1), batchSize: 50 });
  Object.values(views).forEach((view) => view.dispose());
  return [...units].sort((a, b) => worstOf(rows, `${b}`) - worstOf(rows, `${a}`))[0] as number;
}

/** What each mark adds to the features, by least squares. */
function markDirections(features: NdArray, { labels }: MarkedPictures): readonly Float32Array[] {
  const [rows, units] = features.shape as [number, number];
  const matrix = Array.from({ length: rows }, (_, i) => [...labels.data.subarray(6 * i, 6 * (i + 1)), 1]);
  const weights = new Float64Array(rows).fill(1);
  const directions = Array.from({ length: 6 }, () => new Float32Array(units));
  for (let unit = 0; unit < units; unit++) {
    const values = Float64Array.from({ length: rows }, (_, i) => features.data[i * units + unit] as number);
    const fit = atOnce(weightedLeastSquares({ matrix: Float64Array.from(matrix.flat()), values, weights }));
    directions.forEach((direction, mark) => {
      direction[unit] = fit[mark] as number;
    });
  }
  return directions;
}

/** What is left of a direction at right angles to others. */
function beside(vector: Float32Array, others: readonly Float32Array[]): Float32Array {
  const basis: Float32Array[] = [];
  const rest = (from: Float32Array): Float32Array =>
    basis.reduce((left, one) => {
      const share = dot(left, one) / dot(one, one);
      return left.map((value, i) => value - share * (one[i] as number));
    }, from);
  for (const other of others) basis.push(rest(other));
  return rest(vector);
}

function meanOf({ shape, data }: NdArray): Float32Array {
  const [rows, units] = shape as [number, number];
  const mean = new Float32Array(units);
  data.forEach((value, at) => {
    mean[at % units]! += value / rows;
  });
  return mean;
}

/** A head of its own for the second mark: fitted to the biased pictures, and to a few unbiased ones whose groups count alike. */
async function heads(
  model: tfl.LayersModel,
  { pair, biased, held, test }: Repairing & { biased: MarkedPictures },
  print: Print,
): Promise<void> {
  const features = model.getLayer('features').output as tfl.SymbolicTensor;
  const answer = tfl.layers.dense({ name: 'answer', units: 2, activation: 'softmax' });
  const answering = compile(tfl.model({ inputs: model.inputs, outputs: answer.apply(features) as tfl.SymbolicTensor }));
  const truth = ({ labels }: MarkedPictures): number[] =>
    Array.from({ length: labels.shape[0] as number }, (_, i) => labels.data[i * 6 + pair[1]] as number);
  const groups = Array.from(
    { length: 400 },
    (_, i) => `${held.labels.data[i * 6 + pair[0]]}${held.labels.data[i * 6 + pair[1]]}`,
  );
  const before = await refitHead(answering, biased.images, truth(biased), { penalty: 1e-3 });
  const after = await refitHead(answering, held.images, truth(held), { penalty: 1e-3, groups });
  const [first] = checksOf(test, pair);
  const check: RepairCheck = {
    name: first?.name as string,
    labels: truth(test),
    groups: first?.groups ?? [],
    should: 'change',
  };
  const models: Record<string, Model> = {
    'head of biased pictures': before.network,
    'head of balanced groups': after.network,
  };
  const rows = await repairReport(models, test.images, { checks: [check], batchSize: 50 });
  printRows(rows, print);
  const [was, is] = ['head of biased pictures', 'head of balanced groups'].map((name) => worstOf(rows, name)) as [
    number,
    number,
  ];
  print(
    `worst group ${was.toFixed(3)} → ${is.toFixed(3)} with a refitted head (aim: rises, ${was === 1 ? 'nothing to gain' : is > was ? 'met' : 'missed'})`,
  );
  before.network.dispose();
  after.network.dispose();
  answering.dispose();
  answer.dispose();
}

function worstOf(rows: readonly RepairRow[], model: string): number {
  return rows.find((row) => row.model === model && row.should === 'change')?.worst.accuracy as number;
}

function printRows(rows: readonly RepairRow[], print: Print): void {
  print(
    '| | accuracy | worst group | the first mark, change | the four others, worst change |\n| --- | ---: | --- | ---: | ---: |',
  );
  for (const model of [...new Set(rows.map((row) => row.model))]) {
    const own = rows.filter((row) => row.model === model);
    const [told, given] = own.filter(({ should }) => should === 'change') as [RepairRow, RepairRow?];
    const others = own.filter(({ should }) => should === 'stay').map(({ change }) => change.accuracy);
    const cells = [
      model,
      told.accuracy.toFixed(3),
      `${told.worst.accuracy.toFixed(3)} ${told.worst.group}`,
      given?.change.accuracy.toFixed(3) ?? '',
      others.length > 0 ? Math.min(...others).toFixed(3) : '',
    ];
    print(`| ${cells.join(' | ')} |`);
  }
}
