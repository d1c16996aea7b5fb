// The tests of wasm on one build of the SIMD kernels, or on tfjs's kernels alone: `npm run test:kernels -- relaxed test/backend`.
import { parseArgs } from 'node:util';
import { run } from './run.ts';

const builds = ['plain', 'relaxed', 'none'];
const [build = '', ...files] = parseArgs({ allowPositionals: true }).positionals;
if (!builds.includes(build)) throw new Error(`expected one of ${builds.join(', ')}, got "${build}"`);
process.env['VITRINE_KERNELS'] = build;
await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'wasm', ...files]);
