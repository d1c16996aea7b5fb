// What threads bring, in Node and in an isolated page: `npm run bench:threads`, or `npm run bench:threads -- 1 2 4`.
import '@tensorflow/tfjs-backend-wasm';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { useBackend } from '../../src/index.ts';
import { findAccelerated } from '../../test/support/accelerated.ts';
import { isolated, openPage } from '../../test/support/openPage.ts';
import { saved } from '../../test/support/savedModel.ts';
import { build, words } from '../arguments.ts';
import { namesOfNetworks, networks } from '../networks.ts';
import { type ThreadTimes, threadTable, threadTimes } from './threadTimes.ts';

const counts = words.length ? words.map(Number) : [1, 2];
await useBackend('wasm', { threads: Math.max(...counts) });
console.log(`Threads on wasm, 224 × 224, batch 1: least times\n\n## Node ${process.version}, ${build} SIMD\n`);
for (const name of namesOfNetworks) {
  const model = await networks[name]();
  console.log(threadTable(name, counts, await threadTimes(model, counts)));
  model.dispose();
}
const { browser } = await findAccelerated();
if ('missing' in browser) console.log(`LEFT OUT: a page, ${browser.missing}`);
else await inPage(browser);

async function inPage(launch: Exclude<typeof browser, { missing: string }>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-threads-'));
  try {
    for (const [i, name] of namesOfNetworks.entries()) await writeModel(join(folder, String(i)), name);
    const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/';
    await cp(wasm, folder, { recursive: true, filter: (path) => path.endsWith('dist/') || path.endsWith('.wasm') });
    await bundle({
      entryPoints: ['bench/threads/page.ts'],
      outfile: join(folder, 'page.js'),
      bundle: true,
      format: 'esm',
      minify: true,
      platform: 'browser',
      logLevel: 'error',
    });
    const task = JSON.stringify({ models: namesOfNetworks.map((_, i) => String(i)), counts });
    const scripts = `<script>globalThis.task = ${task}</script><script type="module" src="./page.js"></script>`;
    await writeFile(join(folder, 'index.html'), `<!doctype html>${scripts}`);
    const times = JSON.parse(await openPage(folder, launch, isolated)) as readonly (readonly ThreadTimes[])[];
    console.log('## An isolated page in Chromium\n');
    namesOfNetworks.forEach((name, i) => console.log(threadTable(name, counts, times[i] ?? [])));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeModel(folder: string, name: (typeof namesOfNetworks)[number]): Promise<void> {
  const model = await networks[name]();
  const { json, files } = await saved(model);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), JSON.stringify(json));
  for (const [path, bytes] of Object.entries(files)) await writeFile(join(folder, path), bytes);
  model.dispose();
}
