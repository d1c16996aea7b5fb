import { type Dataset, iterate } from '../../readings/dataset.ts';

/** How many images a data set has: the length of an array; anything else is read. */
export async function imageCount<S>(dataset: Dataset<S>, signal: AbortSignal | undefined): Promise<number> {
  if (Array.isArray(dataset)) return dataset.length;
  let count = 0;
  for await (const _ of iterate(dataset)) {
    signal?.throwIfAborted();
    count++;
  }
  return count;
}
