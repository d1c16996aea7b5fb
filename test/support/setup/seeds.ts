import fc from 'fast-check';
import { beforeEach, expect } from 'vitest';
import { random } from '../../../src/numeric/random.ts';

/**
 * Makes every draw of a test the same in each run: tfjs's initialisers, random operations, dropout and shuffles take
 * their seeds from `Math.random`, fast-check its own from the clock. What is built while a file is loaded is drawn by
 * the file's name, what a test builds by the test's.
 */
export function seedByName(): void {
  const file = expect.getState().testPath?.replace(/^.*\/test\//, '') ?? '';
  seed(file);
  beforeEach(({ task }) => seed(`${file} ${namesAbove(task)}`));
}

interface Named {
  readonly name: string;
  readonly suite?: Named | undefined;
}

function namesAbove({ name, suite }: Named): string {
  return suite ? `${namesAbove(suite)} > ${name}` : name;
}

function seed(name: string): void {
  const number = hash(name);
  const source = random(number);
  Math.random = () => source.uniform();
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: number });
}

/** The upper 31 bits of FNV-1a. */
function hash(text: string): number {
  return [...text].reduce((sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193), 0x811c9dc5) >>> 1;
}
