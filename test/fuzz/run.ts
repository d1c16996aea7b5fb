// Draws subjects of every kind until the time is over: `npm run fuzz -- 60 [--kind models] [--seed 0] [--count 1] [--backend wasm]`.
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { kinds } from './kinds.ts';
import { type Finding, findingOf, type Look } from './look.ts';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'cpu' },
    kind: { type: 'string', default: '' },
    seed: { type: 'string' },
    count: { type: 'string', default: 'Infinity' },
  },
});
const seconds = Number(positionals[0] ?? (given.count === 'Infinity' ? 60 : Infinity));
// Other subjects in every run, unless a seed is given.
const first = Number(given.seed ?? Date.now() % 1e9);

// tfjs warns of its own habits, thousands of times.
console.warn = () => undefined;
await tf.setBackend(given.backend);
const chosen = Object.entries(kinds).filter(([name]) => name.startsWith(given.kind));
if (chosen.length === 0) throw new Error(`--kind expected the beginning of one of ${Object.keys(kinds).join(', ')}`);
console.log(
  `${chosen.length} kinds on ${tf.getBackend()} from seed ${first}: ${chosen.map(([name]) => name).join(', ')}`,
);
const { seeds, findings } = await fuzz(chosen);
console.log(`${seeds} seeds, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;

async function fuzz(looks: readonly (readonly [string, Look])[]): Promise<{ seeds: number; findings: Finding[] }> {
  const findings: Finding[] = [];
  const end = performance.now() + 1000 * seconds;
  let seeds = 0;
  for (; seeds < Number(given.count) && performance.now() < end; seeds++) {
    for (const [kind, look] of looks) {
      const finding = await findingOf(kind, look, first + seeds);
      if (!finding) continue;
      findings.push(finding);
      console.log(`--kind "${kind}" --seed ${finding.seed} --count 1\n  ${finding.wrong}`);
    }
  }
  return { seeds, findings };
}
