import { fileURLToPath } from 'node:url';

/** The path of a file that is given by its path or its `file:` URL. */
export function pathOf(file: string | URL): string {
  return file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : file;
}
