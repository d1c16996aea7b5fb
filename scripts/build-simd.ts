import { readFile, writeFile } from 'node:fs/promises';
import wabt from 'wabt';

/** Assembles the SIMD kernels; with `--check` only compares what the repository holds. */
const source = 'src/backend/kernels/simd.wat';
const target = 'src/backend/kernels/simd.generated.ts';

const text = await readFile(source, 'utf8');
// A memory that threads share has to be declared so, with a maximum not below its own.
const shared = text.replace('(memory 1)', '(memory 1 65536 shared)');
if (shared === text) throw new Error(`${source} does not import "(memory 1)"`);
const generated = [
  `// Assembled from simd.wat by \`npm run wasm\`.`,
  `export const simdModule: string =\n  '${await assemble(text)}';`,
  `// The same for a memory that is shared with threads.`,
  `export const sharedSimdModule: string =\n  '${await assemble(shared)}';\n`,
].join('\n');

if (!process.argv.includes('--check')) {
  await writeFile(target, generated);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== generated) {
  console.error(`${target} differs from ${source}: run "npm run wasm"`);
  process.exitCode = 1;
}

async function assemble(wat: string): Promise<string> {
  const { parseWat } = await wabt();
  const { buffer } = parseWat(source, wat, { simd: true, threads: true }).toBinary({});
  // The assembler's own validator knows no shared memories.
  await WebAssembly.compile(buffer as BufferSource);
  return Buffer.from(buffer).toString('base64');
}
