import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** `tsx scripts/build-report-script.ts` bundles the scripts of pages; `--check` only compares what the repository holds. */
const pages = {
  pageScript: new URL('../src/render/dissectionReport/page/main.ts', import.meta.url),
  dictionaryScript: new URL('../src/render/visualization/page/dictionary.ts', import.meta.url),
  atlasScript: new URL('../src/render/visualization/page/atlas.ts', import.meta.url),
};

for (const [name, source] of Object.entries(pages)) {
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
    `// Bundled from page/${basename(source.pathname)} by \`tsx scripts/build-report-script.ts\`. A function of this module turned into text would`,
    '// not do: whoever bundles or minifies the library renames what it refers to, and adds helpers that a page lacks.',
    `export const ${name}: string = \`${script.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`;\n`,
  ].join('\n');
  const path = fileURLToPath(new URL(`../${name}.generated.ts`, source));
  if (!process.argv.includes('--check')) {
    await writeFile(path, generated);
  } else if ((await readFile(path, 'utf8').catch(() => '')) !== generated) {
    console.error(`${path} differs from page/: run "tsx scripts/build-report-script.ts"`);
    process.exitCode = 1;
  }
}
