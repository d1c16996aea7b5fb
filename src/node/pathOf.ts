import { fileURLToPath } from 'node:url';
import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';

/** The path of a file that is given by its path or its `file:` URL. */
export function pathOf(file: string | URL, argument = 'path'): string {
  if (file instanceof URL) return fileURLToPath(file);
  if (typeof file === 'string' && file !== '') return file.startsWith('file:') ? fileURLToPath(file) : file;
  throw new VitrineError('bad-argument', `"${argument}" expected a path or a file: URL, got ${describe(file)}`);
}
