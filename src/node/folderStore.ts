import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ByteStore } from '../dissection/index.ts';
import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { fileWithin } from './fileWithin.ts';
import { pathOf } from './pathOf.ts';

/**
 * A folder as a place to keep bytes in, one file for each name; for `spill` and for runs that can be resumed.
 *
 * A file appears under its name once it is whole: an interruption leaves none that is cut off. A `/` in a name makes a
 * folder in the folder; a name that leads out of it is refused.
 *
 * @param directory which is made where there is none, or its `file:` URL.
 * @returns a store; `get` gives nothing where there is no such file.
 * @throws {VitrineError} from `get` and `set` if a name leads out of the folder, or if a file cannot be read or written.
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
      const file = fileOf(folder, name);
      try {
        return await readFile(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw unusable(file, 'read', error);
      }
    },
    async set(name, bytes) {
      const file = fileOf(folder, name);
      if (!(bytes instanceof Uint8Array))
        throw new VitrineError('bad-argument', `"bytes" expected a Uint8Array, got ${describe(bytes)}`);
      const unfinished = join(dirname(file), `.${basename(file)}-${randomUUID()}`);
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(unfinished, bytes);
        await rename(unfinished, file);
      } catch (error) {
        throw unusable(file, 'written', error);
      }
    },
  };
}

function unusable(file: string, how: 'read' | 'written', cause: unknown): VitrineError {
  return new VitrineError('bad-file', `"${file}" cannot be ${how}: ${(cause as Error).message}`, { cause });
}

function fileOf(folder: string, name: string): string {
  try {
    return fileWithin(folder, name);
  } catch (cause) {
    throw new VitrineError(
      'bad-argument',
      `"name" expected a file in the store, got ${describe(name)}: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}
