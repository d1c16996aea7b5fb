import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { relaxed } from '../src/backend/kernels/simd/simd.generated.ts';
import type { Precision } from '../src/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    precision: { type: 'string' },
    relaxed: { type: 'boolean' },
    python: { type: 'string', default: process.env['PEERS_PYTHON'] ?? '' },
    rounds: { type: 'string', default: '6' },
  },
});

/** What is asked for, as in `npm run bench -- networks --precision fast`: sections, and words that they take. */
export const words: readonly string[] = positionals;

/** How `compile` shall compute; undefined for its default. */
export const precision: Precision | undefined = values.precision as Precision | undefined;

/** The Python of the peers, and how many turns each has. */
export const python: string = values.python;
export const rounds: number = Number(values.rounds);

// Node 20 has relaxed SIMD behind this flag, and takes it as long as no module has been compiled.
if (values.relaxed && !takesRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** The build of the kernels that runs: the better one that this engine takes. */
export const build: 'plain' | 'relaxed' = takesRelaxed() ? 'relaxed' : 'plain';

function takesRelaxed(): boolean {
  return WebAssembly.validate(Buffer.from(relaxed, 'base64'));
}
