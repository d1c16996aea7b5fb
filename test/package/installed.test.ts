import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build as buildSite } from 'vite';
import { expect, inject, test } from 'vitest';
import { outputOf } from '../../scripts/run.ts';
import { findAccelerated } from '../support/accelerated.ts';
import { isolated, openPage } from '../support/openPage.ts';
import { absoluteGradient } from './expected.ts';
import { isolatedModule, type Started } from './isolatedPage.ts';
import { commonJs, esModule, type Outcome, program } from './program.ts';
import { dissectedModule, inThreads } from './threads.ts';

const folder = inject('installation');
const { browser } = await findAccelerated();
const launch = 'missing' in browser ? {} : browser;
const expected = await absoluteGradient();

test('import from an ES module', async () => {
  await write('main.mjs', esModule('console.log'));
  expectExplained(await outputOf('node', ['main.mjs'], folder));
});

test('require from a CommonJS module', async () => {
  await write('main.cjs', commonJs());
  expectExplained(await outputOf('node', ['main.cjs'], folder));
});

test.each(['mjs', 'cjs'] as const)('worker threads started from a module of kind %s', async (kind) => {
  await write('dissected.mjs', dissectedModule);
  await write(`threads.${kind}`, inThreads[kind]);
  expect(JSON.parse(await outputOf('node', [`threads.${kind}`], folder))).toEqual({ images: 6, units: 4 });
});

test('import in a tslab notebook', async () => {
  const cells = esModule('console.log', program).split('\n\n');
  const notebook = { cells: cells.map((source) => ({ cell_type: 'code', source })) };
  await write('main.ipynb', JSON.stringify(notebook));
  expectExplained(
    await outputOf('node_modules/.bin/tsx', ['scripts/run-notebook.ts', join(folder, 'main.ipynb'), folder]),
  );
});

test.runIf(!('missing' in browser))('a page built by Vite', async () => {
  const root = join(folder, 'site');
  await write('site/index.html', '<!doctype html><script type="module" src="./main.js"></script>');
  await write('site/main.js', esModule('globalThis.report'));
  await buildSite({ root, configFile: false, logLevel: 'error', build: { target: 'es2022' } });
  expectExplained(await openPage(join(root, 'dist'), launch));
});

test.runIf(!('missing' in browser))('a page bundled by esbuild', async () => {
  const root = join(folder, 'bundled');
  await write('bundled/index.html', '<!doctype html><script type="module" src="./out.js"></script>');
  await write('bundled/main.js', esModule('globalThis.report'));
  const [input, output] = [join(root, 'main.js'), join(root, 'out.js')];
  await bundle({
    entryPoints: [input],
    outfile: output,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  });
  expectExplained(await openPage(root, launch));
});

test.runIf(!('missing' in browser))(
  'wasm in an isolated page built by Vite, where its threads cannot start',
  async () => {
    const root = join(folder, 'isolated');
    await write('isolated/index.html', '<!doctype html><script type="module" src="./main.js"></script>');
    await write('isolated/main.js', isolatedModule('globalThis.report'));
    await buildSite({ root, configFile: false, logLevel: 'error', build: { target: 'es2022' } });
    const found = JSON.parse(await openPage(join(root, 'dist'), launch, isolated)) as Started;
    expect(found).toMatchObject({ isIsolated: true, name: 'wasm', threads: false, sum: 64 });
    expect(found.warnings).toContainEqual(expect.stringContaining('could compute in several threads'));
  },
);

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
}

function expectExplained(printed: string): void {
  const line = printed.split('\n').find((text) => text.startsWith('{')) ?? printed;
  const { classes, gradient, map, png } = JSON.parse(line) as Outcome;
  expect({ classes, map }).toEqual({ classes: 3, map: [1, 8, 8] });
  expect(gradient).toBeCloseTo(expected, 4);
  expect(png).toBeGreaterThan(60);
}
