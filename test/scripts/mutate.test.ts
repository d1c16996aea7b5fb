import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawnMutants } from '../../scripts/mutate/mutants.ts';
import { pointsOf } from '../../scripts/mutate/points.ts';
import { tried } from '../../scripts/mutate/trials.ts';

const files = {
  'vitest.config.ts': "export default { test: { globals: true, include: ['test/**/*.test.ts'] } };\n",
  'src/sums/clipped.ts': 'export const clipped = (value: number): number => Math.min(value, 10);\n',
  'src/sums/asked.ts': 'export const asked = (all: readonly boolean[]): boolean => all.every((one) => one);\n',
  'src/sums/halved.ts': 'export const halved = (value: number): number => value / 2;\n',
  'test/sums/all.test.ts': `import { asked } from '../../src/sums/asked.ts';
import { clipped } from '../../src/sums/clipped.ts';
test('numbers above ten are clipped', () => expect([3, 20].map(clipped)).toEqual([3, 10]));
test('one that is true', () => expect(asked([true])).toBe(true));
`,
};
let root: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'vitrine-mutate-')));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), text);
  }
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('pointsOf', () => {
  test.each([
    ['a < b', ['a <= b']],
    ['a === b && c', ['a === b || c', 'a !== b && c']],
    ['a + 0.5', ['a - 0.5', 'a + 5']],
    ["'a' + b", []],
    ['Math.floor(a)', ['Math.ceil(a)']],
    ['a.some(b)', ['a.every(b)']],
    ['!a ? b : c', ['!a ? (c) : (b)', 'a ? b : c']],
    ['a.slice(b, c)', ['a.slice((b) + 1, c)', 'a.slice(b, (c) - 1)']],
    ['a[i]', ['a[i + 1]']],
    ['a[1]', ['a[2]']],
    ['a as 1', []],
    ['{ 1: true }', ['{ 1: false }']],
    [`[${Array.from({ length: 25 }).fill(1).join()}]`, []],
  ])('of %s', (expression, changed) => {
    const text = `const found = (${expression});`;
    const results = pointsOf(text).map(
      ({ start, end, replacement }) => text.slice(0, start) + replacement + text.slice(end),
    );
    expect(results).toEqual(changed.map((one) => `const found = (${one});`));
  });

  test('messages of errors, types and imports are left alone', () => {
    const text =
      "import a from 'a'; type B = 1; if (a) throw new Error(text(a + 1)); refuse(new RangeError(text(a - 1)));";
    expect(pointsOf(text)).toEqual([]);
  });

  test('an index and a chain are marked whole', () => {
    const text = 'a[i] = b?.c.every(d).e;';
    expect(pointsOf(text).map(({ expression: { start, end } }) => text.slice(start, end))).toEqual([
      'i',
      'b?.c.every(d).e',
    ]);
  });
});

describe('drawnMutants', () => {
  test('each change with its line, before and after', () => {
    const [first] = drawnMutants(root, 'src/sums', 100, 0);
    expect(first).toMatchObject({
      file: 'src/sums/asked.ts',
      line: 1,
      before: 'export const asked = (all: readonly boolean[]): boolean => all.every((one) => one);',
      after: 'export const asked = (all: readonly boolean[]): boolean => all.some((one) => one);',
    });
  });

  test('fewer mutants are some of more, and another seed draws others', () => {
    const drawn = (count: number, seed: number): readonly string[] =>
      drawnMutants(root, 'src/sums', count, seed).map(({ after }) => after);
    const [all, some] = [drawn(100, 0), drawn(3, 0)];
    expect(all).toHaveLength(5);
    expect(all).toEqual(expect.arrayContaining([...some]));
    expect([1, 2, 3].map((seed) => drawn(3, seed))).not.toEqual([some, some, some]);
  });
});

test('what a test notices is killed, what none notices is told', async () => {
  const mutants = drawnMutants(root, 'src/sums', 100, 0);
  const { verdicts, failing } = await tried(mutants, [(file) => file.startsWith('test/sums/')], {
    root,
    tell: () => undefined,
  });
  expect(failing).toEqual([]);
  expect(verdicts.map(({ mutant: { after }, fate }) => [after.replace(/.*: (boolean|number) => /, ''), fate])).toEqual([
    ['all.some((one) => one);', 'survived'],
    ['Math.max(value, 10);', 'killed'],
    ['Math.min(value, 11);', 'killed'],
    ['value * 2;', 'not reached'],
    ['value / 3;', 'not reached'],
  ]);
});
