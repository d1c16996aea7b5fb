import { eventLoopTurn, inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { RunOptions } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { isSliced } from '../../numeric/sliced.ts';
import { type Dataset, iterate } from '../../readings/dataset.ts';
import type { Labels } from '../types.ts';
import type { Readings } from './readings.ts';

/** Readings of labels, with activations that need no network. */
export function labelReadings<S extends Labels & { readonly name?: string }>(
  dataset: Dataset<S>,
  activationsOf: (item: S, image: number) => readonly NdArray[] | Promise<readonly NdArray[]>,
  { signal, onProgress, ...plan }: Omit<Readings, 'read'> & Pick<RunOptions, 'signal' | 'onProgress'>,
): Readings {
  const read: Readings['read'] = async (stage, visit) => {
    let done = 0;
    for await (const given of iterate(dataset)) {
      signal?.throwIfAborted();
      const image = done++;
      if (!plan.faults.has(image)) {
        const [item] = await owned(given);
        const { planes, scalars = [], name } = item;
        const work = visit({ image, name, planes, scalars, activations: await activationsOf(item, image) });
        if (isSliced(work)) await inSlices(work, { signal });
      }
      onProgress?.({ stage, done, total: plan.images });
      if (done % 16 === 0) await eventLoopTurn();
    }
    signal?.throwIfAborted();
  };
  return { ...plan, read };
}
