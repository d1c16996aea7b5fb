import { installKernels, type NdArray, random } from 'vitrine';
import {
  confidentPredictions,
  type SearchedPartition,
  type UnknownUnknownsOptions,
  unknownUnknowns,
} from 'vitrine/diagnosis';
import { contactSheet } from 'vitrine/render';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { type Clothes, clothes } from '../../fashion-mnist/images.ts';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { aim } from '../aim.ts';
import { allClothes, chosen, type Embedded, embedded, meanOf, pictureOf, places } from './failures/clothes.ts';

type Print = (line: string) => void;

/** What the study hands over besides its tables: how many were found, and a sheet of what a network is confidently wrong about. */
export interface UnknownUnknownsFindings {
  readonly planted: Readonly<Record<string, number>>;
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

const policies: Readonly<Record<string, Partial<UnknownUnknownsOptions>>> = {
  random: { policy: 'random' },
  'least confident first': { policy: 'leastConfident' },
  UCB1: { policy: 'ucb1', exploration: 1 },
  UUB: { policy: 'uub', exploration: 1 },
  'Thompson Beta(1, 1)': { policy: 'thompson' },
  'UUB, bonus × ¼': { policy: 'uub' },
  'ε-greedy 0.1': { policy: 'epsilonGreedy' },
};

/** How many unknown unknowns each policy finds: in planted partitions, and of a network that has seen no dark pullovers. */
export async function studyUnknownUnknowns(print: Print): Promise<UnknownUnknownsFindings> {
  const planted = await studyPlanted(print);
  const sheet = await studyClothes(print);
  return { planted, sheets: { 'dark-pullovers': sheet } };
}

const sizes = [120, 80, 200, 150, 150, 100, 120, 80];
const rates = [0.35, 0.25, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02];
const seeds = 200;

async function studyPlanted(print: Print): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number[]> = {};
  const best: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const { partitions, confidence, wrong } = plantedWorld(seed);
    for (const [name, options] of Object.entries(policies)) {
      const search = { oracle: (i: number) => wrong[i] as boolean, budget: 200, seed, ...options };
      const { found: wrongOnes } = await unknownUnknowns({ partitions, confidence }, search);
      found[name] = [...(found[name] ?? []), wrongOnes.length];
    }
    // Whoever knew the rates would ask about the first two partitions alone.
    best.push(wrong.slice(0, 200).filter(Boolean).length);
  }
  print(`1000 examples in 8 partitions, two of which are planted; 200 questions, ${seeds} seeds\n`);
  const [chance = []] = Object.values(found);
  for (const [name, counts] of Object.entries({ ...found, 'best order': best })) {
    const above = counts.filter((count, seed) => count > (chance[seed] as number)).length / seeds;
    print(
      `${name.padEnd(24)} found ${meanOf(counts).toFixed(1).padStart(5)}   more than random in ${(100 * above).toFixed(1)} %`,
    );
  }
  const means = Object.fromEntries(Object.entries(found).map(([name, counts]) => [name, meanOf(counts)]));
  const uub = found['UUB'] as number[];
  aim(
    print,
    'UUB finds more than random in at least 95 % of seeds',
    uub.filter((n, s) => n > (chance[s] as number)).length >= 0.95 * seeds,
  );
  aim(
    print,
    'UUB finds more than the least confident first',
    (means['UUB'] as number) > (means['least confident first'] as number),
  );
  const others = ['Thompson Beta(1, 1)', 'ε-greedy 0.1', 'UUB, bonus × ¼'];
  aim(
    print,
    'Thompson, ε-greedy and UUB with a quarter of its bonus find at least as many as UUB (which contradicts the paper)',
    others.every((name) => (means[name] as number) >= (means['UUB'] as number)),
  );
  print('');
  return means;
}

function plantedWorld(seed: number) {
  const { uniform } = random(seed, 99);
  const part = sizes.flatMap((size, k) => Array.from({ length: size }, () => k));
  const wrong = part.map((k) => uniform() < (rates[k] as number));
  // Errors are planted to be a little more confident than the rest: Beta(4.5, 2) and Beta(4, 2) by quantiles of their means.
  const confidence = Float64Array.from(wrong, (isWrong) => 0.65 + 0.35 * betaOf(uniform, isWrong));
  const partitions = sizes.map((_, k) => ({
    name: `part ${k}`,
    members: Int32Array.from(part.keys()).filter((i) => part[i] === k),
  }));
  return { partitions, confidence, wrong };
}

/** Of two independent gammas; half of one more where the example is wrong. */
function betaOf(uniform: () => number, isWrong: boolean): number {
  const gamma = (shape: number): number =>
    Array.from({ length: shape }).reduce<number>((sum) => sum - Math.log(1 - uniform()), 0);
  const [a, b] = [gamma(4) + (isWrong ? gamma(1) / 2 : 0), gamma(2)];
  return a / (a + b);
}

const [pullover, coat] = [clothes.indexOf('pullover'), clothes.indexOf('coat')];

/** A network of two classes that has seen no dark pullovers: the blind spot of the paper's network that has seen no dark cats. */
async function studyClothes(print: Print): Promise<Uint8Array> {
  const both = await allClothes();
  const all = chosen(
    both,
    [...both.classes.keys()].filter((i) => [pullover, coat].includes(both.classes[i] as number)),
  );
  const bright = brightnessOf(all);
  const limit = quantileOf(
    bright.filter((_, i) => all.classes[i] === pullover),
    0.4,
  );
  const isDark = (i: number): boolean => all.classes[i] === pullover && (bright[i] as number) <= limit;
  const half = Math.floor(all.classes.length / 2);
  const uninstall = installKernels({ replace: true });
  const seen = places(0, half).filter((i) => !isDark(i));
  const model = await trainClassifier(chosen(all, seen), { epochs: 12, seed: 0 });
  const set = await embedded(model, chosen(all, places(half, all.classes.length)));
  model.dispose();
  uninstall();
  return searchCoats(set, (i) => isDark(half + i), print);
}

async function searchCoats(set: Embedded, isDark: (i: number) => boolean, print: Print): Promise<Uint8Array> {
  const confident = confidentPredictions(set.probabilities, { label: coat });
  const wrong = [...confident.examples].filter((i) => set.classes[i] !== coat);
  const budget = Math.round(0.2 * confident.examples.length);
  print(
    `A network of pullovers and coats that has seen no dark pullovers is confident of ${confident.examples.length} coats, of`,
  );
  print(
    `which ${wrong.length} are pullovers, ${wrong.filter(isDark).length} of them dark; ${budget} questions, 20 seeds\n`,
  );
  const kinds = {
    'units of the network': variedUnits(set.embeddings, [...confident.examples], 8),
    'attributes of the pictures': attributesOf(set),
  };
  const means: Record<string, readonly number[]> = {};
  let searched: readonly SearchedPartition[] = [];
  for (const features of Object.values(kinds)) {
    for (const [name, options] of Object.entries(policies)) {
      const search = { oracle: (i: number) => set.classes[i] !== coat, budget, conditions: 2, ...options };
      const found = await inSeeds(20, (seed) => unknownUnknowns({ ...features, ...confident }, { ...search, seed }));
      means[name] = [...(means[name] ?? []), meanOf(found.map((one) => one.found.length))];
      if (name === chosenPolicy) searched = found.flatMap(({ partitions }) => partitions);
    }
  }
  print(
    `${'found, with partitions by'.padEnd(26)}${Object.keys(kinds)
      .map((kind) => kind.padStart(28))
      .join('')}`,
  );
  for (const [name, counts] of Object.entries(means)) {
    print(`${name.padEnd(26)}${counts.map((count) => count.toFixed(1).padStart(28)).join('')}`);
  }
  print('');
  const worst = [...new Set(searched.map(({ name }) => name))].map((name) => {
    const own = searched.filter((one) => one.name === name);
    const members = own[0]?.members ?? new Int32Array();
    const isWrong = [...members].filter((i) => set.classes[i] !== coat);
    return { name, members, share: isWrong.length / members.length, asked: meanOf(own.map((one) => one.asked)) };
  });
  worst.sort((first, second) => second.asked - first.asked);
  for (const { name, members, share, asked } of worst.slice(0, 4)) {
    const counts = `${members.length} members, ${(100 * share).toFixed(0)} % of them wrong`;
    print(`${name.padEnd(50)} ${counts}, asked about ${asked.toFixed(1)} on average`);
  }
  const [, byAttributes = 0] = means[chosenPolicy] ?? [];
  const [, chance = 0] = means['random'] ?? [];
  aim(
    print,
    'with attributes that tell dark from bright, UUB with a quarter of its bonus finds 1.3 times what chance does',
    byAttributes >= 1.3 * chance,
  );
  return sheetOf(set, worst[0]?.members ?? new Int32Array());
}

const chosenPolicy = 'UUB, bonus × ¼';

async function inSeeds<T>(count: number, run: (seed: number) => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let seed = 0; seed < count; seed++) all.push(await run(seed));
  return all;
}

/** What a person could say of a picture of clothes. */
function attributesOf(set: Clothes) {
  const bright = brightnessOf(set);
  const rows = Array.from(set.classes, (_, i) => {
    const pixels = set.images.data.subarray(i * 784, (i + 1) * 784);
    const lit = (from: number, to: number): number =>
      pixels.subarray(28 * from, 28 * to).filter((grey) => grey > 0.05).length;
    return [bright[i] as number, lit(0, 28) / 784, lit(0, 5) / 140, lit(23, 28) / 140];
  });
  const names = ['brightness', 'area', 'width of the top', 'width of the bottom'];
  return { features: { shape: [rows.length, names.length], data: Float32Array.from(rows.flat()) }, names };
}

/** The units that vary most among some examples, by their numbers. */
function variedUnits({ shape, data }: NdArray, rows: readonly number[], count: number) {
  const width = shape[1] as number;
  const spread = Array.from({ length: width }, (_, unit) => {
    const values = rows.map((row) => data[row * width + unit] as number);
    const mean = meanOf(values);
    return meanOf(values.map((value) => (value - mean) ** 2));
  });
  const units = places(0, width)
    .toSorted((a, b) => (spread[b] as number) - (spread[a] as number))
    .slice(0, count);
  const total = shape[0] as number;
  const taken = Float32Array.from(
    { length: total * count },
    (_, at) => data[Math.floor(at / count) * width + (units[at % count] as number)] as number,
  );
  return { features: { shape: [total, count], data: taken }, names: units.map((unit) => `unit ${unit}`) };
}

/** The mean grey of what is not background. */
function brightnessOf({ images, classes }: Clothes): readonly number[] {
  return Array.from(classes, (_, i) => {
    const lit = images.data.subarray(i * 784, (i + 1) * 784).filter((grey) => grey > 0.05);
    return lit.reduce((sum, grey) => sum + grey, 0) / lit.length;
  });
}

function quantileOf(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] as number;
}

/** The first members of a partition with what they are. */
function sheetOf(set: Embedded, members: Int32Array): Uint8Array {
  const cells = [...members.subarray(0, 16)].map((i) => ({
    picture: pictureOf(set, i),
    title: clothes[set.classes[i] as number] as string,
  }));
  return indexedPng(contactSheet(cells, { columns: 8, cellWidth: 72, title: 'Taken for coats' }));
}
