import { readFile } from 'node:fs/promises';
import { type BrodenDataset, type BrodenOptions, brodenDataset } from '../dissection/index.ts';
import { fileWithin } from './fileWithin.ts';
import { pathOf } from './pathOf.ts';

/**
 * Opens a labelled data set in the layout of Broden in a directory; see `brodenDataset`.
 *
 * Images that index.csv names elsewhere than in the directory are refused; links in it are followed.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", §2.1.
 *
 * @param directory that holds index.csv, or its `file:` URL.
 * @param options `input`; `categories`, `split`, `limit`, `shard`, `prefetch`, `onFault`.
 * @returns concepts and categories, and a data set of images `[1, h, w, c]` with labels `[planes, H, W]`.
 * @throws as `brodenDataset` does.
 * @example
 * ```ts
 * import { readBroden } from 'vitrine/node';
 * const options = { split: 'train', input: { size: 16, range: [0, 1] } } as const;
 * const { dataset, concepts, count } = await readBroden(brodenFolder, options);
 * console.log(concepts.length, count);
 * for await (const { name, planes, scalars } of dataset()) console.log(name, planes.shape, scalars);
 * ```
 */
export async function readBroden(directory: string | URL, options: BrodenOptions): Promise<BrodenDataset> {
  const folder = pathOf(directory, 'directory');
  return brodenDataset(async (name) => readFile(fileWithin(folder, name)), options);
}
