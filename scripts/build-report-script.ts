import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** `tsx scripts/build-report-script.ts` bundles the script of dissection reports; `--check` only compares what the repository holds. */
const target = 'src/render/dissectionReport/pageScript.generated.ts';
const source = new URL('../src/render/dissectionReport/page/main.ts', import.meta.url);

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(source)],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  charset: 'ascii',
});
// The first line names a path.
const script = (outputFiles[0]?.text ?? '').replaceAll(/^ *\/\/ src\/.*\n/gm, '');
if (/<\/script|<!--/i.test(script)) throw new Error('the script of the page would end or comment out itself');
const generated = [
  '// Bundled from page/main.ts by `tsx scripts/build-report-script.ts`. A function of this module turned into text would',
  '// not do: whoever bundles or minifies the library renames what it refers to, and adds helpers that a page lacks.',
  `export const pageScript: string = \`${script.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`;\n`,
].join('\n');

if (!process.argv.includes('--check')) {
  await writeFile(target, generated);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== generated) {
  console.error(`${target} differs from page/: run "tsx scripts/build-report-script.ts"`);
  process.exitCode = 1;
}
