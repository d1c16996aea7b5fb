import { readdirSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { outputOf } from '../../scripts/run.ts';

const notebooks = readdirSync('examples').filter((name) => name.endsWith('.ipynb'));

test.each(notebooks)('every cell of %s runs', async (name) => {
  const command = ['scripts/run-notebook.ts', `examples/${name}`, inject('installation')];
  expect(await outputOf('node_modules/.bin/tsx', command)).toMatch(/\d+ cells executed/);
});
