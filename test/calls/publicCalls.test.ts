import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { givenFor, leftOut, type Prepared, prepare, publicCalls } from '../support/publicCalls.ts';

let prepared: Prepared;
beforeAll(async () => {
  prepared = await prepare();
});
afterAll(() => prepared.dispose());

/** Exported functions that return promises or are asynchronous iterators, by the list of exports. */
async function asynchronousExports(): Promise<readonly string[]> {
  const report = await readFile('docs/api-report.md', 'utf8');
  const functions = report.matchAll(/^function (\w+)[^\n]*\): (?:Promise|AsyncGenerator)</gm);
  const explainers = report.matchAll(/^const (\w+): Explainer</gm);
  return [...new Set([...functions, ...explainers].map(([, name]) => name as string))];
}

test('every public asynchronous function has a call, or a reason why it has none', async () => {
  const names = await asynchronousExports();
  expect(names).toContain('gradient');
  expect(names.filter((name) => !(name in publicCalls || name in leftOut))).toEqual([]);
  expect(Object.keys(leftOut).filter((name) => name in publicCalls)).toEqual([]);
});

test.each(Object.entries(publicCalls))('%s answers', async (_, call) => {
  expect(await call(givenFor(prepared)).run()).toBeDefined();
});
