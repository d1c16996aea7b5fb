import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { ByteStore } from '../../dissection/index.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { ShardResult } from './shardTask.ts';

/** The results of shards that are done, of one run. */
export interface SavedShards {
  get(name: string): Promise<ShardResult | undefined>;
  set(name: string, result: ShardResult): Promise<void>;
}

interface Saved {
  readonly run: string;
  readonly result: ShardResult;
}

/** Keeps results in a store, each with a hash of all that the run depends on; another run's are refused. */
export function savedShards(store: ByteStore, facts: object): SavedShards {
  const run = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  return {
    async get(name) {
      const bytes = await store.get(name);
      if (!bytes) return undefined;
      const saved = savedOf(bytes, name);
      if (saved.run === run) return saved.result;
      throw new VitrineError(
        'bad-argument',
        `"store" expected "${name}" of this run, got that of another one: of other weights, options, shards or images`,
      );
    },
    async set(name, result) {
      await store.set(name, serialize({ run, result } satisfies Saved));
    },
  };
}

function savedOf(bytes: Uint8Array, name: string): Saved {
  try {
    const saved = deserialize(bytes) as Partial<Saved> | null;
    if (typeof saved?.run === 'string' && Array.isArray(saved.result?.layers)) return saved as Saved;
  } catch {
    // Told below.
  }
  throw new VitrineError(
    'bad-argument',
    `"store" expected "${name}" to be a shard's result, got other bytes, or bytes that are cut off`,
  );
}
