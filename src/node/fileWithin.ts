import { isAbsolute, relative, resolve, sep } from 'node:path';
import { VitrineError } from '../numeric/errors.ts';

/**
 * The path of a file in a folder, by a name that comes from elsewhere: one that leads out of the folder is refused. A
 * link in the folder is followed, wherever it leads: who may write links there may read what they lead to.
 *
 * @throws {VitrineError} if the name is none, or leads to the folder itself or out of it.
 */
export function fileWithin(folder: string, name: string): string {
  const found = resolve(folder, name);
  const way = relative(resolve(folder), found);
  if (name.includes('\0')) throw new VitrineError('bad-file', 'it holds a zero byte');
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) || isAbsolute(name)) {
    throw new VitrineError('bad-file', `it lies outside of the folder "${folder}"`);
  }
  return found;
}
