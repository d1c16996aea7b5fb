import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The page with its script inside: vitrine, tfjs and the backends in one HTML file. */
export async function buildPage(): Promise<string> {
  const folder = new URL('./', import.meta.url);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', folder))],
    bundle: true,
    write: false,
    format: 'iife',
    minify: true,
    charset: 'ascii',
    // Node's own modules, which tfjs asks for behind a test whether it runs there.
    external: ['node:*', 'crypto', 'util', 'string_decoder'],
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const page = await readFile(new URL('page.html', folder), 'utf8');
  return page.replace('/* page.ts */', () => script);
}
