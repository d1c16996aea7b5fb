import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '../../backend/kernels/convolve.ts';

/**
 * The tensors made from a model's weights (folded, flipped, sign-split kernels). Making them costs more than a
 * prediction, so they are kept until the weights they come from are replaced.
 */
export interface WeightStore {
  /** How exact what is made of them, and is computed with it, has to be. */
  readonly precision: Precision;
  /** The tensor `name` made from `sources`: the one at hand, or a new one. The store owns it. */
  derive<T extends Tensor>(name: string, sources: readonly Tensor[], make: () => T): T;
  /** Drops everything made from tensors that are neither in `live` nor made from those. */
  sweep(live: readonly Tensor[]): void;
  /** Drops everything. */
  dispose(): void;
}

interface Entry {
  readonly sources: readonly object[];
  readonly tensor: Tensor;
}

export function createStore(precision: Precision = 'default'): WeightStore {
  const entries = new Map<string, Entry[]>();

  const drop = (isDead: (entry: Entry) => boolean): void => {
    for (const [name, list] of entries) {
      const dead = list.filter(isDead);
      dead.forEach(({ tensor }) => tensor.dispose());
      if (dead.length === list.length) entries.delete(name);
      else if (dead.length > 0)
        entries.set(
          name,
          list.filter((entry) => !dead.includes(entry)),
        );
    }
  };

  // An entry can share its data with what it was made from, so that it must not count as a source of itself.
  const orphans = (live: readonly Tensor[]): ReadonlySet<Entry> => {
    const alive = new Set<object>(live.map(({ dataId }) => dataId));
    const unreached = new Set([...entries.values()].flat());
    for (let before = Number.POSITIVE_INFINITY; unreached.size < before; ) {
      before = unreached.size;
      for (const entry of unreached) {
        if (!entry.sources.every((source) => alive.has(source))) continue;
        alive.add(entry.tensor.dataId);
        unreached.delete(entry);
      }
    }
    return unreached;
  };

  return {
    precision,
    derive<T extends Tensor>(name: string, sources: readonly Tensor[], make: () => T): T {
      const ids = sources.map(({ dataId }) => dataId);
      const list = entries.get(name) ?? [];
      const found = list.find((entry) => entry.sources.every((source, i) => source === ids[i]));
      if (found) return found.tensor as T;
      const tensor = tf.keep(tf.tidy(make));
      entries.set(name, [...list, { sources: ids, tensor }]);
      return tensor;
    },
    sweep(live) {
      const dead = orphans(live);
      if (dead.size > 0) drop((entry) => dead.has(entry));
    },
    dispose() {
      drop(() => true);
    },
  };
}
