import { dirname, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { entryPoints, sourceOf } from './entry-points.ts';
import { sourcesIn } from './sources.ts';

/**
 * All sources with the names of their built files: those of entry points are `index`, `network`, …, any other has its
 * place in the sources.
 */
export function namedSources(): Record<string, string> {
  return Object.fromEntries(sourcesIn('src').map((path) => [nameOf(path), path]));
}

/**
 * Builds a file for each source, which imports the others as the sources do.
 *
 * `sideEffects: false` speaks of files: bundlers leave out those that a page does not use, and load those behind an
 * `import()` later, only as long as nothing else is in the same file.
 */
export function separateFiles(): Plugin {
  return {
    name: 'separate-files',
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ kind, path, importer, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        const from = dirname(nameOf(relative(process.cwd(), importer)));
        const to = `${nameOf(relative(process.cwd(), resolve(resolveDir, path)))}.js`;
        const specifier = relative(from, to).split(sep).join('/');
        return { path: specifier.startsWith('.') ? specifier : `./${specifier}`, external: true };
      });
    },
  };
}

function nameOf(path: string): string {
  const entry = entryPoints().find((name) => sourceOf(name) === path.split(sep).join('/'));
  return entry ?? relative('src', path).replace(/\.ts$/, '');
}
