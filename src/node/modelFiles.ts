import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chooseModel } from '../network/loading/modelAmong.ts';
import type { ModelFiles } from '../network/loading/source.ts';
import { VitrineError } from '../numeric/errors.ts';
import { fileWithin } from './fileWithin.ts';
import { pathOf } from './pathOf.ts';

/** The files of a saved model on a disk, of which the first is read: a file, or the one model in a folder. */
export async function modelFiles(path: string | URL): Promise<ModelFiles> {
  const given = pathOf(path);
  try {
    const name = (await stat(given)).isDirectory() ? await modelIn(given) : given;
    const metadata = name.endsWith('.json')
      ? await readFile(join(dirname(name), 'metadata.json')).catch(absent)
      : undefined;
    return { json: await readFile(name), name, read: readerBeside(name), ...(metadata && { metadata }) };
  } catch (cause) {
    const code = cause instanceof VitrineError ? cause.code : 'bad-file';
    throw new VitrineError(code, `"${given}" cannot be read: ${(cause as Error).message}`, { cause });
  }
}

async function modelIn(folder: string): Promise<string> {
  const files = (await readdir(folder)).map((name) => [name, () => readFile(join(folder, name))] as const);
  return join(folder, await chooseModel(new Map(files), 'its files'));
}

/** Reads files beside another, and none elsewhere: the paths in a file may lead anywhere. */
function readerBeside(file: string): ModelFiles['read'] {
  return async (path) => readFile(fileWithin(dirname(file), path));
}

function absent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}
