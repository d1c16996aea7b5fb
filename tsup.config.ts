import type { Options } from 'tsup';
import { entryPoints, sourceOf } from './scripts/entry-points.ts';
import { namedSources, separateFiles } from './scripts/separate-files.ts';

const entries = Object.fromEntries(entryPoints().map((entry) => [entry, sourceOf(entry)]));

const common: Options = {
  // `import.meta.url` in CommonJS.
  shims: true,
  target: 'es2022',
  tsconfig: 'tsconfig.src.json',
};

const options: Options[] = [
  // What bundlers read: they leave out the files that a page does not use.
  {
    ...common,
    entry: namedSources(),
    format: 'esm',
    dts: { entry: entries },
    clean: true,
    splitting: false,
    esbuildPlugins: [separateFiles()],
  },
  // What Node loads by `require`, in few files.
  {
    ...common,
    entry: {
      ...entries,
      // What worker threads run: a file of its own, in the same place beside `node` as in the sources.
      'workers/dissectWorker': 'src/node/workers/dissectWorker.ts',
    },
    format: 'cjs',
    dts: { entry: entries },
    treeshake: true,
    splitting: true,
  },
];

export default options;
