import { readdirSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { outputOf } from '../../../scripts/run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder with nothing but the packed package, its peers and a backend installed. */
    installation: string;
  }
}

/** Builds and packs the package, and installs the tarball in an empty folder. */
export default async function install(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-installation-'));
  await outputOf('npm', ['run', 'build']);
  const packed = JSON.parse(await outputOf('npm', ['pack', '--json', '--pack-destination', folder])) as [
    { filename: string },
  ];
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await installInto(folder, [`./${packed[0].filename}`, ...peers]);
  await linkExamples(folder);
  project.provide('installation', folder);
  return () => rm(folder, { recursive: true, force: true });
}

const peers = [
  '@tensorflow/tfjs-core@4.22.0',
  '@tensorflow/tfjs-layers@4.22.0',
  '@tensorflow/tfjs-backend-cpu@4.22.0',
  '@tensorflow/tfjs-backend-wasm@4.22.0',
  '@types/node@20',
];

function installInto(folder: string, packages: readonly string[]): Promise<string> {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  return outputOf('npm', ['install', ...quiet, ...packages], folder);
}

// The notebook reads its model and pictures from its own folder or from examples/ below it.
async function linkExamples(folder: string): Promise<void> {
  await symlink(resolve('examples'), join(folder, 'examples'));
  for (const name of readdirSync('examples')) await symlink(resolve('examples', name), join(folder, name));
}
