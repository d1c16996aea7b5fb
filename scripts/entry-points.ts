import { readFileSync } from 'node:fs';

/** The entry points that package.json exports: `index` and the public folders. */
export function entryPoints(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };
  const folders = Object.keys(exports).filter((path) => path.startsWith('./') && path !== './package.json');
  return ['index', ...folders.map((path) => path.slice(2))];
}

/** The source file of an entry point. */
export function sourceOf(entry: string): string {
  return entry === 'index' ? 'src/index.ts' : `src/${entry}/index.ts`;
}
