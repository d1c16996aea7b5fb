import { describe, expect, test } from 'vitest';
import { confidentPredictions, descriptivePartitions } from '../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { naivePartitions } from '../../oracle/partitions.ts';

const matrix = (...rows: readonly (readonly number[])[]): NdArray => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});

describe('descriptivePartitions', () => {
  test.each([0, 1, 2, 3])('chooses as plain loops over all patterns do, seed %i', async (seed) => {
    const { uniform } = random(seed, 41);
    const rows = Array.from({ length: 40 }, () => [0.5, 0.3, 0.7, 0.2].map((share) => Number(uniform() < share)));
    const confidence = rows.map(([first = 0]) => 0.65 + 0.2 * first + 0.15 * uniform());
    const names = ['grass', 'leash', 'dog', 'night'];
    const found = await descriptivePartitions({ features: matrix(...rows), names, confidence });
    const expected = naivePartitions(rows, confidence, { names, support: 0.1, longest: 3 });
    expect(found.map(({ name, members }) => [name, [...members]])).toEqual(expected);
  });

  test('divides the examples', async () => {
    const { normal } = random(5);
    const features = matrix(...Array.from({ length: 50 }, () => Array.from({ length: 5 }, normal)));
    const found = await descriptivePartitions({ features, confidence: Array.from({ length: 50 }, () => 0.9) });
    const members = found.flatMap((partition) => [...partition.members]).sort((a, b) => a - b);
    expect(members).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(structuredClone(found)).toEqual(found);
  });

  test('conditions hold for members, and name thirds', async () => {
    const features = matrix(...Array.from({ length: 9 }, (_, i) => [i]));
    const found = await descriptivePartitions({
      features,
      names: ['unit 12'],
      confidence: Array.from({ length: 9 }, () => 1),
    });
    expect(found.map(({ name }) => name).sort()).toEqual(['unit 12 high', 'unit 12 low', 'unit 12 middle']);
    for (const { conditions, members } of found) {
      const [{ from = 0, to = 0 } = {}] = conditions;
      expect([...members]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].filter((value) => value > from && value <= to));
      expect(members).toHaveLength(3);
    }
  });

  test('of features that are mostly 0 names the high ones', async () => {
    const features = matrix(...Array.from({ length: 20 }, (_, i) => [i < 14 ? 0 : i]));
    const found = await descriptivePartitions({ features, confidence: new Float32Array(20) });
    expect(found.map(({ name, members }) => [name, members.length])).toEqual(
      expect.arrayContaining([
        ['feature 0 low', 14],
        ['feature 0 high', 6],
      ]),
    );
  });

  test('constant features say nothing', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => [7, i % 2]);
    const found = await descriptivePartitions({ features: matrix(...rows), confidence: new Float32Array(8).fill(0.9) });
    expect(found.map(({ name }) => name).sort()).toEqual(['feature 1', 'not feature 1']);
    const [only] = await descriptivePartitions({ features: matrix([1], [1]), confidence: [0.7, 0.8] });
    expect(only).toEqual({ name: 'none of these', conditions: [], members: Int32Array.of(0, 1) });
  });

  test('looks at chosen examples alone', async () => {
    const features = matrix([0, 9], [1, 9], [0, 9], [1, 9]);
    const found = await descriptivePartitions({ features, confidence: [0.7, 0.9], examples: [1, 2] });
    expect(found.flatMap(({ members }) => [...members]).sort()).toEqual([1, 2]);
  });

  const many = matrix(
    ...Array.from({ length: 64 }, (_, i) => Array.from({ length: 16 }, (_, k) => (i >> (k % 6)) & 1)),
  );
  const confidence = new Float32Array(64).fill(0.9);
  const wrong: readonly (readonly [string, object, object, string])[] = [
    ['too many patterns', { features: many }, {}, 'take fewer features, a greater "support" or fewer "conditions"'],
    ['other numbers of confidence', { confidence: [1] }, {}, '"confidence" expected 64 examples, got 1'],
    ['NaN in confidence', { confidence: new Float32Array(64).fill(Number.NaN) }, {}, 'got NaN at [0]'],
    ['NaN in features', { features: matrix([Number.NaN]) }, {}, '"features" expected finite numbers'],
    ['other numbers of names', { names: ['one'] }, {}, '"names" expected 16 names, got 1'],
    ['an example that is none', { examples: [64], confidence: [1] }, {}, '"examples[0]" expected an integer in 0..63'],
    ['an example twice', { examples: [3, 3], confidence: [1, 1] }, {}, '"examples" expected each example once'],
    ['no example', { examples: [], confidence: [] }, {}, '"examples" expected at least one example, got none'],
    ['four conditions', {}, { conditions: 4 }, '"conditions" expected an integer in 1..3, got 4'],
    ['a support above 1', {}, { support: 2 }, '"support" expected a number in 0..1, got 2'],
    ['a misspelt option', {}, { suport: 0.1 }, 'got "suport"'],
  ];
  for (const [name, given, options, message] of wrong) {
    test(`refuses ${name}`, async () => {
      await expect(descriptivePartitions({ features: many, confidence, ...given }, options)).rejects.toThrow(message);
    });
  }
});

describe('confidentPredictions', () => {
  const probabilities = matrix([0.9, 0.1, 0], [0.2, 0.65, 0.15], [0.1, 0.6, 0.3], [0, 1, 0]);

  test('of all classes, and of one', () => {
    const all = confidentPredictions(probabilities);
    expect([...all.examples]).toEqual([0, 1, 3]);
    expect([...all.confidence].map((value) => Math.round(100 * value))).toEqual([90, 65, 100]);
    expect([...confidentPredictions(probabilities, { label: 1, threshold: 0.5 }).examples]).toEqual([1, 2, 3]);
    expect([...confidentPredictions(probabilities, { label: 2 }).examples]).toEqual([]);
  });

  test.each([
    ['no such class', probabilities, { label: 3 }, '"label" expected an integer in 0..2, got 3'],
    ['logits', matrix([3, -1]), {}, '"probabilities" expected rows that sum up to 1, got -1 in row 0'],
    ['rows of other sums', matrix([0.3, 0.3]), {}, 'got a sum of 0.6'],
    ['one class', matrix([1], [1]), {}, '"probabilities" expected at least two classes, got 1'],
  ] as const)('refuses %s', (_, given, options, message) => {
    expect(() => confidentPredictions(given, options)).toThrow(message);
  });
});
