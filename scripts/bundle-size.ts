import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

/**
 * Says how large functions are in a page that takes nothing else from the library, TensorFlow.js apart, and fails where
 * one is over its budget or comes with what is to be loaded on demand.
 *
 * What counts is what the page loads at once, gzipped; code behind an `import()` comes when it is needed. It is measured
 * of the build, with `-- --sources` of the sources; `-- --why pattern` tells through which imports a page with `gradCam`
 * comes to the source files of such a name.
 */
interface Budget {
  readonly names: readonly string[];
  /** In kB of 1000 bytes, gzipped; none where the size is only told. */
  readonly limit?: number;
}

const budgets: readonly Budget[] = [
  { names: ['gradCam'], limit: 30 },
  { names: ['gradCam', 'overlay'], limit: 45 },
  { names: ['predict'] },
  { names: ['lrp'] },
  { names: ['kernelShap'] },
  { names: ['dissect'] },
  { names: ['*'] },
];

/** What a page that shows where a `LayersModel` looks must not load, and the files that would show that it does. */
const onDemand: readonly [what: string, files: RegExp][] = [
  ['a PNG encoder', /node_modules\/(fast-png|fflate|iobuffer)\//],
  ['a matrix library', /node_modules\/ml-matrix\//],
  ['SIMD modules', /\/simd\.generated\.ts$/],
  ['what reads GraphModels', /\/network\/graphModel\//],
  ['readers of model files', /\/network\/loading\//],
  ['readers of Keras models', /\/network\/keras\//],
];

const sources = './src/index.ts';
const folder = 'out';
const page = 'page.ts';
const why = process.argv.indexOf('--why');
if (why < 0) await check(process.argv.includes('--sources') ? sources : './dist/index.js');
else await explain(new RegExp(process.argv[why + 1] ?? ''));

async function check(entry: string): Promise<void> {
  const faults: string[] = [];
  console.log('| import | min kB | gzip kB | limit | on demand, gzip kB |\n| --- | ---: | ---: | ---: | ---: |');
  for (const { names, limit } of budgets) {
    const name = names[0] === '*' ? 'everything' : names.map((each) => `\`${each}\``).join(' + ');
    const { size, packed, later } = await weighed(names, entry);
    console.log(`| ${[name, size.toFixed(1), packed.toFixed(1), limit ?? '', later.toFixed(1)].join(' | ')} |`);
    if (limit !== undefined && packed > limit) faults.push(`${name} takes ${packed.toFixed(1)} kB, over ${limit} kB`);
  }
  faults.push(...(await misplaced()));
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length ? 1 : 0;
}

/** What a page loads at once, minified and gzipped, and what it may load later, gzipped; in kB. */
async function weighed(
  names: readonly string[],
  entry: string,
): Promise<{ readonly size: number; readonly packed: number; readonly later: number }> {
  const { files, metafile } = await bundle(names, entry);
  const first = loadedAtOnce(metafile);
  const sums = { size: 0, packed: 0, later: 0 };
  for (const [name, contents] of files) {
    const packed = gzipSync(contents, { level: 9 }).length / 1000;
    if (first.has(name)) {
      sums.size += contents.length / 1000;
      sums.packed += packed;
    } else sums.later += packed;
  }
  return sums;
}

/** What a page with `gradCam` loads at once and should not; and patterns that no file has, which guard nothing. */
async function misplaced(): Promise<string[]> {
  const [{ metafile }, everything] = await Promise.all([bundle(['gradCam'], sources), bundle(['*'], sources)]);
  const all = Object.keys(everything.metafile.inputs);
  const loaded = inputsAtOnce(metafile);
  return onDemand.flatMap(([what, files]) => {
    if (!all.some((path) => files.test(path))) return [`no source file is like ${files}: where is ${what} now?`];
    const found = loaded.filter((path) => files.test(path));
    return found.length ? [`a page with gradCam loads ${what}: ${found.join(', ')}`] : [];
  });
}

/** Prints the shortest way of imports to each file that a page with `gradCam` loads at once and whose path matches. */
async function explain(pattern: RegExp): Promise<void> {
  const { metafile } = await bundle(['gradCam'], sources);
  const ways = waysTo(inputsAtOnce(metafile), metafile);
  for (const [path, way] of ways) if (pattern.test(path)) console.log(way.join('\n  → '));
}

function waysTo(loaded: readonly string[], { inputs }: Metafile): Map<string, string[]> {
  const importsOf = (path: string): string[] => {
    const statements = inputs[path]?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
    return statements.map((each) => each.path).filter((each) => loaded.includes(each));
  };
  const imported = new Set(loaded.flatMap(importsOf));
  const ways = new Map(loaded.filter((path) => !imported.has(path)).map((path) => [path, [path]]));
  // A map goes on to what is added while it is walked: breadth first.
  for (const [path, way] of ways) {
    for (const next of importsOf(path)) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return ways;
}

/** The files whose code is in what a page loads at once. */
function inputsAtOnce(metafile: Metafile): string[] {
  const outputs = [...loadedAtOnce(metafile)].flatMap((name) => Object.entries(metafile.outputs[name]?.inputs ?? {}));
  return outputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

/** The first chunk and those that it imports by statement. */
function loadedAtOnce({ outputs }: Metafile): Set<string> {
  const first = Object.keys(outputs).filter((name) => outputs[name]?.entryPoint === page);
  const found = new Set(first);
  for (const name of found) {
    const chunks =
      outputs[name]?.imports.filter(({ kind, external }) => kind === 'import-statement' && !external) ?? [];
    for (const { path } of chunks) found.add(path);
  }
  return found;
}

async function bundle(
  names: readonly string[],
  entry: string,
): Promise<{ readonly files: ReadonlyMap<string, Uint8Array>; readonly metafile: Metafile }> {
  const what = names[0] === '*' ? '*' : `{ ${names.join(', ')} }`;
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${what} from '${entry}'`, resolveDir: '.', sourcefile: page, loader: 'ts' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['@tensorflow/*'],
    outdir: folder,
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return {
    files: new Map(outputFiles.map(({ path, contents }) => [`${folder}/${basename(path)}`, contents])),
    metafile,
  };
}
