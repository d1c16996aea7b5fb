import type { Tensor } from '@tensorflow/tfjs-core';
import { inTurn } from '../../backend/inTurn.ts';
import type { Network } from '../../network/network.ts';
import type { ForwardOptions } from '../../network/walk/forward.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import type { ForwardRecord } from '../../network/walk/record.ts';
import type { NdArray } from '../../numeric/ndarray.ts';

/** What starts from one forward walk. */
export interface RunFrom<T, K extends string> {
  /** One example for each input of the network. */
  readonly inputs: readonly NdArray[];
  readonly walk: ForwardOptions;
  readonly items: (record: ForwardRecord) => Iterable<T>;
  readonly job: (record: ForwardRecord, item: T) => Record<K, Tensor>;
  readonly consume: (part: Record<K, NdArray>, item: T) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a network forward once and one backward walk for each item, each in a turn of its own. */
export async function fromOneRun<T, K extends string>(
  network: Network,
  { inputs, walk, items, job, consume, signal }: RunFrom<T, K>,
): Promise<void> {
  const rows = inputs.map((input) => rowsOf(input, 0, 1));
  let record: ForwardRecord | undefined;
  try {
    const run = network.forward(rows, walk);
    record = run;
    await inTurn(items(run), (item) => job(run, item), consume, signal);
  } finally {
    record?.dispose();
    for (const tensor of rows) tensor.dispose();
  }
}
