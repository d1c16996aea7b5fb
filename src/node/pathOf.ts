import { fileURLToPath } from 'node:url';
import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';

/** The path of a file that is given by its path or its `file:` URL. */
export function pathOf(file: string | URL, argument = 'path'): string {
  if (typeof file === 'string' && file !== '' && !file.startsWith('file:')) return file;
  try {
    if (file instanceof URL || (typeof file === 'string' && file !== '')) return fileURLToPath(file);
  } catch {
    // A URL of another scheme or host; told below.
  }
  const got = file instanceof URL ? file.href : describe(file);
  throw new VitrineError('bad-argument', `"${argument}" expected a path or a file: URL, got ${got}`);
}
