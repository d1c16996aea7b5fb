import { eventLoopTurn } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { InputSampling } from '../../image/inputOptions.ts';
import { picture } from '../../image/picture.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import { toInput } from '../../image/toInput.ts';
import { assertInteger, assertNumbers, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import {
  assertOptions,
  callback,
  integer,
  listOf,
  type OptionChecks,
  object,
  oneOf,
  required,
  text,
} from '../../numeric/options.ts';
import { faultsOf } from '../../readings/faults.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import type { Concept } from '../types.ts';
import { brodenConcepts } from './brodenConcepts.ts';
import { type BrodenRecord, brodenRecords } from './brodenRecords.ts';
import { prefetched } from './prefetched.ts';
import { type ImagePlan, readLabelledImage } from './readLabelledImage.ts';
import type { ReadFile } from './readNamed.ts';

/** Options of {@link brodenDataset}. */
export interface BrodenOptions {
  /** Only labels of these categories, and only images with an entry in one of them; all by default. */
  readonly categories?: readonly string[];
  /** Only the images of one part; both by default. */
  readonly split?: 'train' | 'val';
  /** The first so many images. Their order is a random one, so that these are a sample of all; all by default. */
  readonly limit?: number;
  /** Of these only every `of`-th from number `shard` on, for a worker: `[shard, of]`; all by default. */
  readonly shard?: readonly [shard: number, of: number];
  /** What the model wants of its pictures, as for `toInput`; they are stretched to `size`: labels cover all of a picture. */
  readonly input: PixelScale & Omit<InputSampling, 'fit'>;
  /** How many images are read ahead; 4 by default. */
  readonly prefetch?: number;
  /** Is told what is wrong with an image or its labels; it is left out of every reading. Without it, readings reject. */
  readonly onFault?: (fault: Error) => void;
}

const checks: OptionChecks<BrodenOptions> = {
  categories: listOf(text),
  split: oneOf(['train', 'val']),
  limit: integer(1),
  shard: assertShard,
  input: required(object),
  prefetch: integer(0),
  onFault: callback,
};

/** A labelled data set in the layout of Broden, ready to be dissected. */
export interface BrodenDataset {
  /** What the numbers of labels stand for, in the order of label.csv. */
  readonly concepts: readonly Concept[];
  /** In the order of category.csv. */
  readonly categories: readonly string[];
  /** The rows and columns of the labels. */
  readonly size: readonly [number, number];
  /** How many images there are, with those that turn out to be faulty. */
  readonly count: number;
  /** Begins a reading of the images, in the order of index.csv. */
  readonly dataset: () => AsyncGenerator<LabelledImage>;
}

/**
 * Opens a labelled data set in the layout of Broden, the one that Network Dissection was published with: index.csv,
 * label.csv, category.csv, `c_<category>.csv` and `images/`. From a disk: `readBroden` of `vitrine/node`.
 *
 * A label that several categories use belongs to the one that covers most of it, the later one of equals. Labels that
 * were too rare for the set, written as 0, are dropped. Images are read one after the other, whenever a reading comes to
 * them. An image that was given once and cannot be read again makes the reading reject, since it has been counted.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", §2.1.
 *
 * @param read reads a file by its name, such as `images/dtd/banded_0002.jpg`.
 * @param options `input`; `categories`, `split`, `limit`, `shard`, `prefetch`, `onFault`.
 * @returns concepts and categories, and a data set of images `[1, h, w, c]` with labels `[planes, H, W]`.
 * @throws {VitrineError} if a table is missing or lacks a column (the message names it), or if no image is selected or
 * an option is not as described. Readings reject where an image, a plane or a number of a label is not as described.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { brodenDataset, dissect } from 'vitrine';
 * const read = (name: string) => readFile(`${brodenFolder}/${name}`);
 * const input = { size: 16, range: [0, 1] } as const;
 * const { dataset, concepts, categories, count } = await brodenDataset(read, { input });
 * const { conv3 } = await dissect(model, dataset, { layers: ['conv3'], concepts, categories, imageCount: count });
 * ```
 */
export async function brodenDataset(read: ReadFile, options: BrodenOptions): Promise<BrodenDataset> {
  assertOptions(options, checks);
  assertReader(read);
  const [own] = await owned(options);
  // On a picture of one pixel: what is wrong with these options is no fault of an image.
  toInput(picture(1, 1), { ...own.input, fit: 'stretch' });
  await eventLoopTurn();
  const { input, prefetch = 4, onFault } = own;
  const { concepts, categories } = await brodenConcepts(read, own.categories);
  const records = await brodenRecords(read, { ...own, categories, annotated: own.categories !== undefined });
  const size = records[0]?.size;
  if (!size)
    throw new VitrineError('bad-argument', '"index.csv" expected images of these categories and this split, got none');
  const plan = { input, size, known: new Set(concepts.map(({ number }) => number)) };
  const chosen = own.shard ? part(records, own.shard) : records;
  const dataset = readings(read, chosen, { ...plan, prefetch, onFault });
  return { concepts, categories, size, count: chosen.length, dataset };
}

function part(records: readonly BrodenRecord[], [shard, of]: readonly [number, number]): readonly BrodenRecord[] {
  return records.filter((_, i) => i % of === shard);
}

/** Readings that agree with each other on which images are left out. */
function readings(
  read: ReadFile,
  records: readonly BrodenRecord[],
  { prefetch, onFault, ...plan }: ImagePlan & { prefetch: number; onFault: BrodenOptions['onFault'] },
): BrodenDataset['dataset'] {
  const given = new Set<number>();
  const faults = faultsOf(onFault);
  const fatal = faultsOf(undefined);
  return async function* () {
    const load = async ([i, record]: readonly [number, BrodenRecord]): Promise<LabelledImage | undefined> =>
      faults.has(i) ? undefined : readLabelledImage(read, record, plan);
    for (const [[i, { image }], loading] of prefetched(records.entries(), prefetch, load)) {
      const sample = await loading.catch((error: unknown) => {
        if (!faults.has(i)) (given.has(i) ? fatal : faults).report(i, image, error);
      });
      // Another reading may have found a fault while this one was under way.
      if (!sample || faults.has(i)) continue;
      given.add(i);
      yield sample;
    }
  };
}

function assertReader(read: unknown): void {
  if (typeof read === 'function') return;
  throw new VitrineError('bad-argument', `"read" expected a function that reads a file, got ${describe(read)}`);
}

function assertShard(argument: string, shard: unknown): void {
  assertNumbers(argument, shard, 2);
  const [own, of] = shard as unknown as readonly [number, number];
  assertInteger(`${argument}[1]`, of, [1, Number.POSITIVE_INFINITY]);
  assertInteger(`${argument}[0]`, own, [0, of - 1]);
}
