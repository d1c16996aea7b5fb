import { installKernels } from 'vitrine';
import { type Adversarial, attacks, type MinimalPerturbation, minimalPerturbation } from 'vitrine/diagnosis';
import { trainClassifier } from '../../../fashion-mnist/classifier.ts';
import { firstOf, readClothes } from '../../../fashion-mnist/images.ts';
import { aim } from '../../aim.ts';

type Print = (line: string) => void;

type Found = Adversarial & Partial<Pick<MinimalPerturbation, 'linear' | 'harmless' | 'shades'>>;

/** What one attack made of the clothes. */
export interface ClothesRow {
  readonly name: string;
  /** How many of the pictures that were right the attack has turned. */
  readonly turned: number;
  readonly of: number;
  /** The median length over all that were right, infinity for those that still are. */
  readonly l2: number;
  readonly linf: number;
  readonly seconds: number;
  /** Medians of what `minimalPerturbation` says beside it. */
  readonly beside?: { readonly linear: number; readonly harmless: number; readonly shades: number };
}

/** E6: what is left of the length by each attack, and that short runs of Carlini and Wagner are useless. */
export async function studyClothes(print: Print): Promise<readonly ClothesRow[]> {
  const uninstall = installKernels({ replace: true });
  const model = await trainClassifier(await readClothes('train'), { epochs: 5, seed: 0 });
  const { images, classes } = firstOf(await readClothes('t10k'), 40);
  const options = { bounds: [0, 1], label: [...classes], batchSize: 40 } as const;
  const runs: Readonly<Record<string, () => Promise<Found>>> = {
    DeepFool: () => attacks.deepFool(model, images, options),
    minimalPerturbation: () => minimalPerturbation(model, images, options),
    FAB: () => attacks.fab(model, images, { ...options, steps: 30 }),
    'CW, 4 × 100 steps': () => attacks.carliniWagner(model, images, { ...options, steps: 100, searches: 4 }),
    'CW, 6 × 200 steps': () =>
      attacks.carliniWagner(model, images, { ...options, steps: 200, searches: 6, constant: 1, learningRate: 0.05 }),
    'L-BFGS': () => attacks.lbfgs(model, images, { ...options, steps: 40 }),
    'DeepFool, L∞': () => attacks.deepFool(model, images, { ...options, norm: 'linf' }),
    'minimalPerturbation, L∞': () => minimalPerturbation(model, images, { ...options, norm: 'linf' }),
    'FAB, L∞': () => attacks.fab(model, images, { ...options, norm: 'linf', steps: 30 }),
  };
  print('the first 40 pictures of clothes: median change of those that were right (those that stay count as ∞)');
  print('linear estimate, harmless noise and the change in whole shades are in the norm of the row\n');
  print('                         turned     L2   L∞ in shades   seconds   linear  harmless  in shades of 8 bits');
  const rows: ClothesRow[] = [];
  for (const [name, run] of Object.entries(runs)) rows.push(printed(print, await measured(name, run)));
  model.dispose();
  uninstall();
  printAims(print, rows);
  return rows;
}

async function measured(name: string, run: () => Promise<Found>): Promise<ClothesRow> {
  const started = performance.now();
  const { success, initial, distances, linear, harmless, shades } = await run();
  const right = initial.flatMap((isWrong, row) => (isWrong ? [] : [row]));
  const medianOf = (lengths: Float32Array): number =>
    median(right.map((row) => (success[row] ? (lengths[row] as number) : Number.POSITIVE_INFINITY)));
  return {
    name,
    turned: right.filter((row) => success[row]).length,
    of: right.length,
    l2: medianOf(distances.l2),
    linf: medianOf(distances.linf),
    seconds: (performance.now() - started) / 1000,
    ...(linear &&
      harmless &&
      shades && {
        beside: { linear: medianOf(linear), harmless: medianOf(harmless), shades: medianOf(shades.distance) },
      }),
  };
}

function printed(print: Print, row: ClothesRow): ClothesRow {
  const { name, turned, of, l2, linf, seconds, beside } = row;
  const numbers = beside ? [beside.linear, beside.harmless, beside.shades] : [];
  print(
    `${name.padEnd(24)} ${`${turned}/${of}`.padStart(6)} ${l2.toFixed(3).padStart(6)} ${(linf * 255).toFixed(1).padStart(14)} ${seconds.toFixed(1).padStart(9)}${numbers.map((value) => value.toFixed(4).padStart(10)).join('')}`,
  );
  return row;
}

function printAims(print: Print, rows: readonly ClothesRow[]): void {
  const of = (name: string): ClothesRow => rows.find((row) => row.name === name) as ClothesRow;
  print('');
  const minimal = of('minimalPerturbation');
  aim(print, 'minimalPerturbation ≤ DeepFool', minimal.l2 <= of('DeepFool').l2);
  aim(print, 'minimalPerturbation ≤ DeepFool, L∞', of('minimalPerturbation, L∞').linf <= of('DeepFool, L∞').linf);
  aim(print, 'noise needs more than three times the length', (minimal.beside?.harmless ?? 0) > 3 * minimal.l2);
  aim(print, 'FAB ≤ DeepFool', of('FAB').l2 <= of('DeepFool').l2);
  aim(print, 'FAB ≤ DeepFool, L∞', of('FAB, L∞').linf <= of('DeepFool, L∞').linf);
  aim(print, 'Carlini and Wagner with steps enough ≤ DeepFool', of('CW, 6 × 200 steps').l2 <= of('DeepFool').l2);
  aim(print, 'short runs of it are more than twice as far', of('CW, 4 × 100 steps').l2 > 2 * of('DeepFool').l2);
  aim(print, 'L-BFGS comes within 20 % of DeepFool', of('L-BFGS').l2 <= 1.2 * of('DeepFool').l2);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] as number;
}
