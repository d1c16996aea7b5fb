import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The tensors made from a model's weights (folded, flipped, sign-split kernels). Making them costs more than a
 * prediction, so they are kept until the weights they come from are replaced.
 */
export interface Store {
  /** The tensor `name` made from `sources`: the one at hand, or a new one. The store owns it. */
  derive<T extends Tensor>(name: string, sources: readonly Tensor[], make: () => T): T;
  /** Drops everything made from tensors that are neither in `live` nor made from those. */
  sweep(live: readonly Tensor[]): void;
  dispose(): void;
}

interface Entry {
  readonly sources: readonly object[];
  readonly tensor: Tensor;
}

export function createStore(): Store {
  const entries = new Map<string, Entry[]>();

  const drop = (isDead: (entry: Entry) => boolean): number => {
    let dropped = 0;
    for (const [name, list] of entries) {
      const dead = list.filter(isDead);
      dead.forEach(({ tensor }) => tensor.dispose());
      dropped += dead.length;
      if (dead.length === list.length) entries.delete(name);
      else if (dead.length > 0)
        entries.set(
          name,
          list.filter((entry) => !dead.includes(entry)),
        );
    }
    return dropped;
  };

  const dropOrphans = (live: readonly Tensor[]): number => {
    const alive = new Set<object>(live.map(({ dataId }) => dataId));
    for (const list of entries.values()) for (const { tensor } of list) alive.add(tensor.dataId);
    return drop(({ sources }) => sources.some((source) => !alive.has(source)));
  };

  return {
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
      // What was made from a dropped tensor is an orphan in turn.
      while (dropOrphans(live) > 0);
    },
    dispose() {
      drop(() => true);
    },
  };
}
