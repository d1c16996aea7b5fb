import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/**
 * Executes every code cell of a notebook through tslab, without Jupyter:
 * `tsx scripts/run-notebook.ts notebook.ipynb folder`, where `folder` has vitrine installed and holds the files that cells read.
 */
const [notebook, folder = '.'] = process.argv.slice(2);
if (!notebook) throw new Error('expected the path of a notebook');

const { cells } = JSON.parse(readFileSync(notebook, 'utf8')) as {
  cells: { cell_type: string; source: string | string[] }[];
};
const load = createRequire(import.meta.url);
// tslab takes types from the working directory of its first import.
process.chdir(resolve(folder));
const { createConverter } = load('tslab/dist/converter') as typeof import('tslab/dist/converter.js');
const { createExecutor } = load('tslab/dist/executor') as typeof import('tslab/dist/executor.js');
const shown: string[] = [];
// What tslab.display writes to; Jupyter's server sets it otherwise.
Object.assign(load('tslab/dist/jupyter') as object, {
  lastWriteDisplayData: ({ data }: { data: Record<string, string> }) => shown.push(...Object.keys(data)),
});

const converter = createConverter();
const executor = createExecutor(`${process.cwd()}/`, { node: converter, browser: converter, close: () => {} }, console);
const code = cells.filter((cell) => cell.cell_type === 'code').map(({ source }) => [source].flat().join(''));
for (const [index, cell] of code.entries()) {
  if (!(await executor.execute(cell))) {
    console.error(`cell ${index + 1} failed:\n${cell}`);
    process.exit(1);
  }
}
converter.close();
console.log(`${code.length} cells executed, ${shown.length} results displayed`);
process.exit(0);
