import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, run } from './run.ts';

/** All that can be checked without running the library; every step runs, and the last lines tell which failed. */
// tslab's own TypeScript 5.0 may take the name tsc in node_modules/.bin.
const steps: [name: string, check: () => Promise<void>][] = [
  ['types', () => run('node', ['node_modules/typescript/bin/tsc'])],
  ['lint and format', () => tool('biome', 'check', '--error-on-warnings')],
  ['unused exports and dependencies', () => tool('knip')],
  ['import layers', () => tool('depcruise', 'src', '--config', '.dependency-cruiser.cjs')],
  ['index re-exports only', checkIndex],
  ['lockfile without addresses', checkLockfile],
  ['SIMD module', () => tool('tsx', 'scripts/build-simd.ts', '--check')],
  ['colour tables', () => tool('tsx', 'scripts/build-colors.ts', '--check')],
  ['build', () => tool('tsup', '--silent')],
  ['bundle size', () => tool('tsx', 'scripts/bundle-size.ts')],
  ['API report', () => tool('tsx', 'scripts/api-report.ts', '--check')],
  ['package contents', () => tool('tsx', 'scripts/pack-contents.ts')],
  ['publint and attw on the tarball', checkTarball],
  ['documentation', () => tool('typedoc')],
];

const failed: string[] = [];
for (const [name, check] of steps) {
  const start = performance.now();
  console.log(`\n— ${name}`);
  await check().catch((error: Error) => {
    console.error(error.message);
    failed.push(name);
  });
  console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
console.log(
  `\ncheck: ${steps.length - failed.length} passed, ${failed.length} failed${failed.map((name) => `\n  ${name}`).join('')}`,
);
process.exitCode = failed.length ? 1 : 0;

function tool(name: string, ...args: string[]): Promise<void> {
  return run(`node_modules/.bin/${name}`, args);
}

async function checkIndex(): Promise<void> {
  const statements = (await readFile('src/index.ts', 'utf8')).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').split(';');
  const others = statements.filter((text) => text.trim() && !/^\s*export\b[^=]*\bfrom\s*'[^']+'\s*$/.test(text));
  if (others.length) throw new Error(`src/index.ts holds more than re-exports: ${others.join(';').trim()}`);
}

async function checkLockfile(): Promise<void> {
  if ((await readFile('package-lock.json', 'utf8')).includes('"resolved": "http')) {
    throw new Error('package-lock.json names the addresses of a registry');
  }
}

async function checkTarball(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-pack-'));
  try {
    const [{ filename }] = JSON.parse(await outputOf('npm', ['pack', '--json', '--pack-destination', folder])) as [
      { filename: string },
    ];
    await tool('publint', join(folder, filename), '--strict');
    await tool('attw', join(folder, filename));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
