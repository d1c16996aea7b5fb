import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Attribution } from '../../src/scoring/index.ts';
import { attributionCalls } from '../support/publicCalls/attributionCalls.ts';
import { givenFor, type Prepared, prepare } from '../support/publicCalls/given.ts';

let prepared: Prepared;
beforeAll(async () => {
  prepared = await prepare();
});
afterAll(() => prepared.dispose());

/** The methods that measure probabilities by default, by docs/conventions.md. */
const [, row = ''] = /\| `'probability'` +\|(.*)\|/.exec(readFileSync('docs/conventions.md', 'utf8')) ?? [];
const [methods = ''] = row.split(';');
const onProbabilities = [...methods.matchAll(/`(\w+)`/g)].map(([, name]) => name as string);

test('the page names methods that there are', () => {
  expect(onProbabilities).toHaveLength(5);
  expect(onProbabilities.filter((name) => !(name in attributionCalls))).toEqual([]);
});

test.each(Object.entries(attributionCalls))('%s has the default scale of the page', async (name, call) => {
  const { explained } = (await call(givenFor(prepared)).run()) as Partial<Attribution>;
  // What is fitted explains nothing, and controls have no score of their own.
  if (!explained) return;
  expect(explained.scale).toBe(onProbabilities.includes(name) || name === 'progressive' ? 'probability' : 'logit');
});
