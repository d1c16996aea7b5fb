import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build as buildSite } from 'vite';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { outputOf } from '../../scripts/run.ts';
import { findAccelerated } from '../support/accelerated.ts';
import { isolated, openPage } from '../support/openPage.ts';
import { absoluteGradient } from './expected.ts';
import { isolatedModule, type Started } from './isolatedPage.ts';
import { commonJs, esModule, type Outcome, program } from './program.ts';
import { dissectedModule, inThreads } from './threads.ts';
import { type Visualized, visualizingPage, visualizingWorker } from './visualizing.ts';

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

test.runIf(!('missing' in browser))('pictures made in a worker of a page, with progress and abort', async () => {
  const root = join(folder, 'visualizing');
  await write('visualizing/index.html', '<!doctype html><script type="module" src="./main.js"></script>');
  await write('visualizing/main.js', visualizingPage('globalThis.report'));
  await write('visualizing/worker.js', visualizingWorker);
  const worker = { format: 'es' } as const;
  await buildSite({ root, configFile: false, logLevel: 'error', build: { target: 'es2022' }, worker });
  const found = JSON.parse(await openPage(join(root, 'dist'), launch)) as Visualized;
  expect(found).toMatchObject({ snapshots: [0, 10, 20], shape: [3, 1, 12, 12, 3], aborted: 'no longer wanted' });
  expect(found.progress).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(found.objective[2]).toBeGreaterThan(found.objective[0] as number);
  expect(found.turns).toBeGreaterThan(2);
});

describe.runIf(!('missing' in browser))('wasm in two threads, in a page built by Vite', () => {
  const root = join(folder, 'isolated');
  const open = async (headers: Readonly<Record<string, string>>): Promise<Started> =>
    JSON.parse(await openPage(join(root, 'dist'), launch, headers)) as Started;

  beforeAll(async () => {
    await write('isolated/index.html', '<!doctype html><script type="module" src="./main.js"></script>');
    await write('isolated/main.js', isolatedModule('globalThis.report'));
    await buildSite({ root, configFile: false, logLevel: 'error', build: { target: 'es2022' } });
  });

  test('that is isolated from others', async () => {
    const found = await open(isolated);
    expect(found).toMatchObject({ isIsolated: true, name: 'wasm', threads: true, isSame: true, warnings: [] });
    expect(found.sum).toBeGreaterThan(0);
  });

  test('that is not isolated: it is told that one computes', async () => {
    const found = await open({});
    expect(found).toMatchObject({ isIsolated: false, name: 'wasm', threads: false, isSame: true });
    expect(found.warnings).toEqual([expect.stringContaining('Cross-Origin-Opener-Policy')]);
  });

  test('whose policy forbids their program: it is told that one computes', async () => {
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    const found = await open({ ...isolated, 'content-security-policy': policy });
    expect(found).toMatchObject({ isIsolated: true, name: 'wasm', threads: false, isSame: true });
    expect(found.warnings).toEqual([expect.stringContaining('"worker-src blob:"')]);
  });
});

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
