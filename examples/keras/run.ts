import '@tensorflow/tfjs-backend-wasm';
import { useBackend } from 'vitrine';
import { writeSection } from '../study/write.ts';
import { buildNetworks } from './python.ts';
import { measureOthers, measureSmallest } from './results.ts';
import { networkTable, othersTable, refusals } from './tables.ts';

// `npm run study:keras [-- [build | measure | others] [names …]]`: the tables of docs/models.md, or a part. What has been
// built and measured stays in out/keras, so that a run goes on where the last one ended.
const parts = ['build', 'measure', 'others'] as const;
const [first = '', ...rest] = process.argv.slice(2);
const part = parts.find((name) => name === first);
const names = (part ? rest : [first, ...rest]).filter((name) => name !== '');
const page = 'docs/models.md';

if (part === undefined || part === 'build') await buildNetworks('smallest', names);
if (part === undefined) await buildNetworks('others', names);
if (part !== 'build') await measure();

async function measure(): Promise<void> {
  await useBackend('wasm');
  const networks = await measureSmallest(part === 'others' ? ['none'] : names, log);
  const others = await measureOthers(part === 'measure' ? ['none'] : names, log);
  const tables = {
    networks: networkTable(networks),
    refusals: refusals(networks).join('\n'),
    others: othersTable(others),
  };
  for (const [name, text] of Object.entries(tables)) {
    console.log(`${text}\n`);
    if (names.length === 0) await writeSection(page, name, text);
  }
}

function log(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
}
