import { describe, expect, test } from 'vitest';
import { describeSlices, detectedConcepts } from '../../../src/diagnosis/index.ts';
import { dissectActivations } from '../../../src/dissection/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { concepts, randomLabelled } from '../../support/labelled.ts';

/** 100 examples: the first feature is in 30 of the first 40 and 5 of the others, the second in every other. */
function named(): { features: NdArray<Uint8Array>; names: string[] } {
  const rows = Array.from({ length: 100 }, (_, i) => [Number(i < 30 || i >= 95), i % 2]);
  return { features: { shape: [100, 2], data: Uint8Array.from(rows.flat()) }, names: ['grass', 'even'] };
}

const first = { members: Int32Array.from({ length: 40 }, (_, i) => i) };

describe('describeSlices', () => {
  test('tells shares, intervals and chances', () => {
    const [described] = describeSlices([first], named());
    const [grass, even] = described ?? [];
    expect(grass).toMatchObject({ name: 'grass', feature: 0, inside: 0.75, outside: 5 / 60 });
    // fisher_exact of SciPy 1 on [[30, 10], [5, 55]].
    expect((grass?.pValue as number) / 4.351798342555042e-12).toBeCloseTo(1, 6);
    expect(grass?.falseDiscoveryRate).toBeCloseTo(2 * (grass?.pValue as number), 20);
    expect(grass?.difference.low).toBeGreaterThan(0.45);
    expect(even).toMatchObject({ name: 'even', inside: 0.5, outside: 0.5, pValue: 1, falseDiscoveryRate: 1 });
  });

  test('of several slices, the surest first, as many as are wanted', () => {
    const second = { members: Array.from({ length: 50 }, (_, i) => 2 * i) };
    const found = describeSlices([first, second], named(), { count: 1 });
    expect(found.map(([one]) => one?.name)).toEqual(['grass', 'even']);
    expect(found[1]?.[0]).toMatchObject({ inside: 0, outside: 1 });
    // Four tests in all.
    expect((found[0]?.[0]?.falseDiscoveryRate as number) / (found[0]?.[0]?.pValue as number)).toBeCloseTo(2, 6);
  });

  test('empty slices and whole ones differ in nothing', () => {
    const all = { members: Array.from({ length: 100 }, (_, i) => i) };
    for (const [one] of describeSlices([{ members: [] }, all], named())) {
      expect(one).toMatchObject({ pValue: 1, difference: { low: -1, high: 1 } });
    }
    expect(describeSlices([], named())).toEqual([]);
  });

  test.each([
    ['names of other features', [first], { ...named(), names: ['grass'] }, '"names" expected 2 names, got 1'],
    ['shares', [first], { ...named(), features: { shape: [1, 2], data: Float32Array.of(0, 0.5) } }, 'got 0.5'],
    ['members that are none', [{ members: [100] }], named(), '"slices[0].members[0]" expected an integer in 0..99'],
    ['no list', 3 as never, named(), '"slices" expected a list, got 3'],
  ])('refuses %s', (_, slices, examples, message) => {
    expect(() => describeSlices(slices, examples)).toThrow(message);
  });
});

describe('detectedConcepts', () => {
  const dissected = async () =>
    dissectActivations(randomLabelled({ images: 6, positions: [4, 4], pixels: [8, 8], units: 4 }, 0), {
      concepts,
      quantile: 0.05,
      threshold: 0.01,
    });

  test('are those of detectors above their thresholds', async () => {
    const dissection = await dissected();
    const peaks = [dissection.thresholds.map((t) => t + 1), dissection.thresholds.map((t) => t - 1)];
    const only = dissection.thresholds.map((t, unit) => t + (unit === 2 ? 1 : -1));
    const { features, names } = detectedConcepts(
      { shape: [3, 4], data: Float32Array.from([...peaks, only].flatMap((row) => [...row])) },
      dissection,
    );
    const found = dissection.units.filter(({ detector }) => detector).map(({ best }) => best?.concept as string);
    expect(found.length).toBeGreaterThan(1);
    expect(names).toEqual([...new Set(found)]);
    const rows = [0, 1, 2].map((i) => [...features.data.subarray(i * names.length, (i + 1) * names.length)]);
    expect(rows[0]).toEqual(names.map(() => 1));
    expect(rows[1]).toEqual(names.map(() => 0));
    const unit = dissection.units[2];
    expect(rows[2]).toEqual(names.map((name) => Number(unit?.detector === true && unit.best?.concept === name)));
  });

  test('of other units, and of no detector, are refused', async () => {
    const dissection = await dissected();
    const peaks = { shape: [1, 3], data: new Float32Array(3) };
    expect(() => detectedConcepts(peaks, dissection)).toThrow('"peaks" expected 4 units, got 3');
    const none = { ...dissection, units: dissection.units.map((unit) => ({ ...unit, detector: false })) };
    const right = { shape: [1, 4], data: new Float32Array(4) };
    expect(() => detectedConcepts(right, none)).toThrow('"dissection" expected at least one detector, got none');
  });
});
