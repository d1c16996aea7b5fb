import { mostNumbers } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import { type CsvRow, csvTable } from './csvTable.ts';
import type { ReadFile } from './readNamed.ts';

/** An image of a Broden set, and where its labels are. */
export interface BrodenRecord {
  /** The path of the image under `images/`. */
  readonly image: string;
  /** The rows and columns of its labels. */
  readonly size: readonly [number, number];
  /** The paths of its label planes under `images/`. */
  readonly planes: readonly string[];
  /** The numbers of the labels of the whole image, without 0. */
  readonly scalars: readonly number[];
}

/** Which images are taken. */
export interface BrodenSelection {
  readonly categories: readonly string[];
  /** Leaves out the images that have an empty cell in every category. */
  readonly annotated: boolean;
  readonly split?: 'train' | 'val' | undefined;
  /** At most so many, the first ones: the order is a random one. */
  readonly limit?: number | undefined;
}

/** The images of index.csv that are selected, in its order. */
export async function brodenRecords(
  read: ReadFile,
  { categories, annotated, split, limit }: BrodenSelection,
): Promise<readonly BrodenRecord[]> {
  const rows = await csvTable(read, 'index.csv', ['image', 'split', 'sh', 'sw', ...categories]);
  const isSelected = (row: CsvRow<string>): boolean => {
    if (split && row.text('split') !== split) return false;
    return !annotated || categories.some((category) => row.text(category) !== '');
  };
  return rows
    .filter(isSelected)
    .slice(0, limit)
    .map((row) => recordOf(row, categories));
}

function recordOf(row: CsvRow<string>, categories: readonly string[]): BrodenRecord {
  const items = categories.flatMap((category) => row.text(category).split(';')).filter((item) => item !== '');
  return {
    image: row.text('image'),
    size: labelSize(row),
    planes: items.filter((item) => !isNumber(item)),
    // Labels that were too rare to be kept were written as 0.
    scalars: items.filter(isNumber).map(Number).filter(Boolean),
  };
}

function labelSize(row: CsvRow<string>): readonly [number, number] {
  const size = [row.number('sh'), row.number('sw')] as const;
  if (size.every((side) => Number.isInteger(side) && side >= 1) && sizeOf(size) <= mostNumbers) return size;
  const most = `whole numbers from 1 with a product of at most ${mostNumbers}`;
  throw new VitrineError(
    'bad-argument',
    `"index.csv" expected in columns "sh" and "sw" ${most}, got ${size.join(' and ')}`,
  );
}

// A cell holds numbers of labels and paths of planes side by side.
function isNumber(item: string): boolean {
  return /^\d+$/.test(item);
}
