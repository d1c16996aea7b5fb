import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The files of TypeScript below a folder; those in `assembly` are of another language, which looks like it. */
export function sourcesIn(folder: string): string[] {
  const found = readdirSync(folder, { withFileTypes: true, recursive: true });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.endsWith('assembly'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
