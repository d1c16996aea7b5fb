import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

/** Compiles the SIMD kernels; with `--check` only compares what the repository holds. */
const source = 'src/backend/kernels/simd/assembly/index.ts';
const target = 'src/backend/kernels/simd/simd.generated.ts';

const [plain, relaxed] = [await compiled('simd'), await compiled('simd', 'relaxed-simd')];
const generated = `// Compiled from assembly/ by \`npm run wasm\`.
export type SimdKernel =
  | ${kernelsOf(plain).join('\n  | ')};
${constant('plain', plain)}
// The same with products and sums fused.
${constant('relaxed', relaxed)}
`;

if (!process.argv.includes('--check')) {
  await writeFile(target, generated);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== generated) {
  console.error(`${target} differs from ${source}: run "npm run wasm"`);
  process.exitCode = 1;
}

/** The names of all functions of a module, as strings. */
function kernelsOf(module: Uint8Array<ArrayBuffer>): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name }) => `'${name}'`);
}

function constant(name: string, module: Uint8Array): string {
  return `export const ${name}: string =\n  '${Buffer.from(module).toString('base64')}';`;
}

/** The module, which needs no runtime, and no memory but the one that it is given. */
async function compiled(...features: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const options = '--outFile simd.wasm --runtime stub --importMemory --noExportMemory --noAssert -O3'.split(' ');
  let bytes = new Uint8Array();
  const { error, stderr } = await asc.main([source, ...options, ...features.flatMap((name) => ['--enable', name])], {
    writeFile: (_, contents) => {
      bytes = contents as Uint8Array<ArrayBuffer>;
    },
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return bytes;
}
