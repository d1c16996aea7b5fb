import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteStore } from '../dissection/byteStore.ts';
import { pathOf } from './pathOf.ts';

/**
 * A folder as a place to keep bytes in, one file for each name; for `spill` and for runs that can be resumed.
 *
 * A file appears under its name once it is whole: an interruption leaves none that is cut off.
 *
 * @param directory which is made where there is none, or its `file:` URL.
 * @returns a store; `get` gives nothing where there is no such file.
 * @throws Error from `get` and `set` if a file cannot be read or written.
 * @example
 * ```ts
 * import { folderStore } from 'vitrine/node';
 * const store = folderStore('out/kept');
 * await store.set('some-name', Uint8Array.of(1, 2, 3));
 * console.log(await store.get('some-name'), await store.get('another')); // 3 bytes, nothing
 * ```
 */
export function folderStore(directory: string | URL): ByteStore {
  const folder = pathOf(directory, 'directory');
  return {
    async get(name) {
      try {
        return await readFile(join(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async set(name, bytes) {
      await mkdir(folder, { recursive: true });
      const unfinished = join(folder, `.${name}-${randomUUID()}`);
      await writeFile(unfinished, bytes);
      await rename(unfinished, join(folder, name));
    },
  };
}
