import type { Options } from 'tsup';
import { entryPoints, sourceOf } from './scripts/entry-points.ts';

const options: Options = {
  entry: {
    ...Object.fromEntries(entryPoints().map((entry) => [entry, sourceOf(entry)])),
    // What worker threads run: a file of its own, in the same place beside `node` as in the sources.
    'workers/dissectWorker': 'src/node/workers/dissectWorker.ts',
  },
  // `import.meta.url` in CommonJS.
  shims: true,
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  target: 'es2022',
  treeshake: true,
  splitting: true,
  tsconfig: 'tsconfig.src.json',
};

export default options;
