import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dissectInWorkers, folderStore, readBroden } from '../../../src/node/index.ts';
import { brodenFiles } from '../brodenFiles.ts';
import { concepts } from '../labelled.ts';
import { type PublicCalls, said, sent } from './sent.ts';

let made: string | undefined;

/** A folder with a small data set in it, made at the first call and removed in the end. */
function folder(): string {
  if (made !== undefined) return made;
  const path = mkdtempSync(join(tmpdir(), 'vitrine-'));
  for (const [name, bytes] of brodenFiles()) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
  process.once('exit', () => rmSync(path, { recursive: true }));
  made = path;
  return path;
}

/** What works in a folder, or in threads of its own. */
export const folderCalls: PublicCalls = {
  folderStore: () => said(folderStore, folder()),
  readBroden: () => sent(readBroden, folder(), { split: 'train', input: { size: 4, range: [0, 1] } }),
  dissectInWorkers: () =>
    sent(
      dissectInWorkers,
      {
        module: new URL('../workers/dissected.ts', import.meta.url),
        workers: 1,
        shards: 1,
        execArgv: ['--import', new URL('../../../scripts/register-typescript.mjs', import.meta.url).href],
      },
      { layers: ['first'], concepts: structuredClone(concepts), quantile: 0.1 },
    ),
};
