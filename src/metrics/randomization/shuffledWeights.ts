import { readTensor } from '../../backend/inTurn.ts';
import type { Operation } from '../../network/graph/operation.ts';
import type { Network } from '../../network/network.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random, shuffled } from '../../numeric/random.ts';

/** Weights by name, as plain arrays. */
export type Weights = Readonly<Record<string, NdArray>>;

/** The layers whose weights can be replaced, from the output to the input. */
export function weightedLayers({ operations }: Pick<Network, 'operations'>): readonly string[] {
  const names = operations
    .filter(({ parameters }) => Object.keys(parameters).length > 0)
    .map(({ address }) => layerOf(address));
  return [...new Set(names.reverse())];
}

/** The layer of an operation without the number of its call: calls of a shared layer share its weights. */
export function layerOf(address: string): string {
  return address.replace(/#\d+(?=\/|$)/g, '');
}

/**
 * The weights of every operation that has some, each with its values in another order. The order of one does not depend
 * on the others.
 */
export async function shuffledWeights(
  { operations }: Pick<Network, 'operations'>,
  seed: number,
): Promise<ReadonlyMap<Operation, Weights>> {
  const found = new Map<Operation, Weights>();
  const ofLayer = new Map<string, Weights>();
  for (const [index, operation] of operations.entries()) {
    if (Object.keys(operation.parameters).length === 0) continue;
    const key = `${layerOf(operation.address)} ${operation.kind}`;
    const weights = ofLayer.get(key) ?? (await shuffledOf(operation, [seed, index]));
    ofLayer.set(key, weights);
    found.set(operation, weights);
  }
  return found;
}

async function shuffledOf({ parameters }: Operation, stream: readonly [number, number]): Promise<Weights> {
  const entries = Object.entries(parameters).map(async ([name, tensor], i) => {
    const { shape, data } = await readTensor(tensor);
    const order = shuffled(data.length, random(...stream, i).integer);
    return [name, { shape, data: Float32Array.from(order, (from) => data[from] as number) }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
