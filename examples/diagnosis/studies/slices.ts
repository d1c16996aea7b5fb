import { installKernels, type NdArray, random } from 'vitrine';
import { type ClassifiedExamples, describeSlices, findSlices, type SliceFindings } from 'vitrine/diagnosis';
import { contactSheet, slicePage } from 'vitrine/render';
import { shuffled } from '../../../src/numeric/random.ts';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { clothes } from '../../fashion-mnist/images.ts';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { aim } from '../aim.ts';
import { allClothes, chosen, type Embedded, embedded, meanOf, pictureOf, places, rowsOf } from './failures/clothes.ts';
import { kMeansSlices } from './failures/kMeans.ts';

type Print = (line: string) => void;

/** What the study hands over besides its tables: the precision of each way, a sheet of the worst slices, and a page. */
export interface SliceStudyFindings {
  readonly precision: Readonly<Record<string, number>>;
  readonly page: string;
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

/** Whether planted slices are found, and how they are ranked; and where a small network of clothes fails. */
export async function studySlices(print: Print): Promise<SliceStudyFindings> {
  const precision = await studyPlanted(print);
  return { precision, ...(await studyClothes(print)) };
}

/** Members of a slice, those that belong most first. */
type Members = readonly ArrayLike<number>[];

interface World extends ClassifiedExamples {
  readonly embeddings: NdArray;
  readonly planted: readonly number[];
  readonly labels: readonly number[];
}

async function studyPlanted(print: Print): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number[]> = {};
  const rates: Record<string, number[]> = {};
  const note = (name: string, world: World, members: Members): void => {
    found[name] = [...(found[name] ?? []), precisionOf(world, members)];
  };
  for (let seed = 0; seed < 15; seed++) {
    const { planted, ...examples } = plantedWorld(seed);
    const world = { planted, ...examples };
    for (const weight of [1, 10, 0]) {
      const all = await findSlices(examples, { weight, count: 25, heldOut: unplanted(plantedWorld(seed, 1)) });
      const name = `mixture, γ = ${weight}`;
      note(`${name}, by lower bound`, world, membersOf(all).slice(0, 5));
      if (weight > 0) note(`${name}, by |p̂ − p|`, world, membersOf(byGap(all, examples)).slice(0, 5));
      const [worst] = all.slices;
      rates[name] = [...(rates[name] ?? []), worst?.errorRate ?? 0];
      rates[`${name}, held out`] = [...(rates[`${name}, held out`] ?? []), worst?.heldOut?.errorRate ?? 0];
    }
    note(
      'k-means by error rate',
      world,
      kMeansSlices(examples.embeddings, wrongOf(world), { count: 25, seed }).slice(0, 5),
    );
    note('random errors', world, [randomErrors(world, seed)]);
  }
  print('1200 examples with three planted slices of 60, 60 % of them wrong; 15 seeds\n');
  print(`${''.padEnd(34)}precision@10 in the first 5`);
  for (const [name, values] of Object.entries(found)) print(`${name.padEnd(34)}${meanOf(values).toFixed(3)}`);
  print('\nerror rate of the worst slice, of its members and of held-out examples (planted: .60)');
  for (const weight of [0, 1, 10]) {
    const [own, unseen] = ['', ', held out'].map((end) => meanOf(rates[`mixture, γ = ${weight}${end}`] ?? []));
    print(`${`γ = ${weight}`.padEnd(34)}${own?.toFixed(2)}   ${unseen?.toFixed(2)}`);
  }
  const means = Object.fromEntries(Object.entries(found).map(([name, values]) => [name, meanOf(values)]));
  const [one = 0, ten = 0] = [1, 10].map((weight) => means[`mixture, γ = ${weight}, by lower bound`] as number);
  aim(print, 'precision@10 ≥ 0.85', one >= 0.85);
  aim(print, 'above the plain mixture', one > (means['mixture, γ = 0, by lower bound'] as number));
  aim(print, 'at least k-means by error rate', one >= (means['k-means by error rate'] as number));
  aim(print, 'γ = 1 at least γ = 10 (which contradicts the paper)', one >= ten);
  print('');
  return means;
}

/** 16 numbers, the first of which tells the two classes apart; slices lie aside of that. */
function plantedWorld(seed: number, part = 0): World {
  const [count, width] = [1200, 16];
  const world = random(seed, 7);
  const axes = [1, 2, 3].map(() => {
    const axis = Array.from({ length: width }, (_, k) => (k === 0 ? 0 : world.normal()));
    return axis.map((value) => (4 * value) / Math.hypot(...axis));
  });
  const { normal, uniform, integer } = random(seed, 8, part);
  const planted = Array.from(shuffled(count, integer), (place) => Math.floor(place / 60) + 1).map((k) =>
    k > 3 ? 0 : k,
  );
  const labels = planted.map(() => integer(2));
  const rows = planted.map((slice, i) =>
    Array.from(
      { length: width },
      (_, k) => normal() + (k === 0 ? 3 * (labels[i] as number) : 0) + (axes[slice - 1]?.[k] ?? 0),
    ),
  );
  const ones = planted.map((slice, i) => {
    const right = (labels[i] === 1 ? 0.9 : 0.1) + 0.05 * normal();
    return Math.min(0.98, Math.max(0.02, slice > 0 && uniform() < 0.6 ? 1 - right : right));
  });
  return {
    planted,
    labels,
    embeddings: { shape: [count, width], data: Float32Array.from(rows.flat()) },
    probabilities: { shape: [count, 2], data: Float32Array.from(ones.flatMap((one) => [1 - one, one])) },
  };
}

function unplanted({ planted: _, ...examples }: World): ClassifiedExamples {
  return examples;
}

function wrongOf({ labels, probabilities }: World): readonly boolean[] {
  return labels.map((label, i) => Number((probabilities.data[2 * i + 1] as number) > 0.5) !== label);
}

/** For each planted slice the best share of it among the first ten members of any slice found, on average. */
function precisionOf({ planted }: World, members: Members): number {
  const shares = [1, 2, 3].map((slice) =>
    Math.max(
      0,
      ...members.map(
        (own) =>
          Array.from(own)
            .slice(0, 10)
            .filter((i) => planted[i] === slice).length / 10,
      ),
    ),
  );
  return meanOf(shares);
}

function membersOf({ slices }: Pick<SliceFindings, 'slices'>): Members {
  return slices.map(({ members }) => members);
}

/** The slices by max |p̂ − p|, as the published code means to rank. */
function byGap(
  { slices, membership }: SliceFindings,
  { labels, probabilities }: Omit<World, 'planted'>,
): Pick<SliceFindings, 'slices'> {
  const gaps = slices.map((_, k) => {
    let [size, gap] = [0, 0];
    labels.forEach((label, i) => {
      const own = membership.data[i * slices.length + k] as number;
      size += own;
      gap += own * (label - (probabilities.data[2 * i + 1] as number));
    });
    return Math.abs(gap) / size;
  });
  const order = gaps.map((_, k) => k).sort((a, b) => (gaps[b] as number) - (gaps[a] as number));
  return { slices: order.map((k) => slices[k] as SliceFindings['slices'][number]) };
}

function randomErrors(world: World, seed: number): readonly number[] {
  const errors = [...wrongOf(world).entries()].filter(([, isWrong]) => isWrong).map(([i]) => i);
  return [...shuffled(errors.length, random(seed, 9).integer)].map((place) => errors[place] as number);
}

/** Where a network of clothes fails: slices among images that it has not seen, measured on others. */
async function studyClothes(print: Print): Promise<Omit<SliceStudyFindings, 'precision'>> {
  const all = await allClothes();
  const uninstall = installKernels({ replace: true });
  const model = await trainClassifier(chosen(all, places(0, 3000)), { epochs: 5, seed: 0 });
  const [found, unseen] = [
    await embedded(model, chosen(all, places(3000, 5000))),
    await embedded(model, chosen(all, places(5000, 7000))),
  ];
  model.dispose();
  uninstall();
  const findings = await findSlices(examplesOf(found), { heldOut: examplesOf(unseen), count: 4 });
  const features = attributesOf(found);
  const descriptions = describeSlices(findings.slices, features, { count: 4 });
  print(`clothes: the network errs on ${percent(findings.all.errorRate)} of 2000 images that it has not seen\n`);
  findings.slices.forEach((slice, i) => {
    const [{ label = 0, predicted = 0, count = 0 } = {}] = slice.confusion.filter((one) => one.label !== one.predicted);
    const what = `${count} ${clothes[label]} taken for ${clothes[predicted]}`;
    const [first] = descriptions[i] ?? [];
    print(
      `slice ${i + 1}: ${slice.size} members, ${percent(slice.errorRate)} wrong, held out ${percent(slice.heldOut?.errorRate ?? 0)} of ${slice.heldOut?.size}; ${what}; ${first?.name} ${percent(first?.inside ?? 0)} inside, ${percent(first?.outside ?? 0)} outside`,
    );
  });
  const isWorse = findings.slices.every(
    ({ heldOut }) => (heldOut?.errorRate ?? 0) > (findings.heldOut?.errorRate ?? 0),
  );
  aim(print, 'held-out examples of each slice are wrong more often than all of them', isWorse);
  const page = slicePage(findings, {
    pictures: places(0, 2000).map((i) => pictureOf(found, i)),
    labels: clothes,
    descriptions,
    title: 'Where a network of clothes fails',
  });
  return { page, sheets: { clothes: sheetOf(found, findings) } };
}

function examplesOf({ embeddings, probabilities, classes }: Embedded): ClassifiedExamples {
  return { embeddings, probabilities, labels: Int32Array.from(classes) };
}

/** What a person could say of a picture: its class, and whether it is dark or fills its frame. */
function attributesOf({ images, classes }: Embedded): { features: NdArray<Uint8Array>; names: readonly string[] } {
  const rows = Array.from(classes, (label, i) => {
    const pixels = rowsOf(images, [i]).data;
    const lit = pixels.filter((grey) => grey > 0.05);
    const brightness = lit.reduce((sum, grey) => sum + grey, 0) / lit.length;
    return [...clothes.map((_, k) => label === k), brightness < 0.45, brightness > 0.75, lit.length > 470].map(Number);
  });
  const names = [...clothes, 'dark', 'bright', 'fills the frame'];
  return { features: { shape: [rows.length, names.length], data: Uint8Array.from(rows.flat()) }, names };
}

function sheetOf(set: Embedded, { slices, predicted }: SliceFindings): Uint8Array {
  const cells = slices.flatMap(({ members, errorRate }, k) =>
    [...members.subarray(0, 8)].map((i, place) => ({
      picture: pictureOf(set, i),
      title:
        place === 0
          ? `${k + 1}: ${percent(errorRate)} wrong`
          : [...new Set([set.classes[i] as number, predicted[i] as number])]
              .map((label) => clothes[label])
              .join(' as '),
    })),
  );
  return indexedPng(contactSheet(cells, { columns: 8, cellWidth: 96 }));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
