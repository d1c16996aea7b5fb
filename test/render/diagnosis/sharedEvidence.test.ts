import { expect, test } from 'vitest';
import { fromInput } from '../../../src/image/index.ts';
import { contactSheet, overlay, sharedEvidence } from '../../../src/render/index.ts';

const x = { shape: [2, 4, 4, 1], data: Float32Array.from({ length: 32 }, (_, i) => i / 32) };
const pair = (places: readonly [number, number], mean: number) => ({
  places,
  expected: 'unrelated' as const,
  mean,
  deviation: 0.1,
  divergence: mean,
});
/** The map of two attributes: 1 at one of four places, and 0 at the others. */
const at = (i: number, j: number) =>
  Float32Array.from({ length: 4 }, (_, place) => Number(place === Math.min(3, i + j)));
const relations = {
  attributes: ['lips', 'eyes', 'hair'],
  pairs: [pair([0, 2], 0.8), pair([0, 1], 0.1)],
  shared: {
    shape: [3, 3, 2, 2],
    data: Float64Array.from([0, 1, 2].flatMap((i) => [0, 1, 2].flatMap((j) => [...at(i, j)]))),
  },
};

test('lays the evidence of either and of both over one image, a row for each pair', () => {
  const sheet = sharedEvidence(x, relations, { range: [0, 1], count: 1, example: 1, title: 'Faces' });
  const picture = fromInput(x, { range: [0, 1], example: 1 });
  const shown = (i: number, j: number) => overlay(picture, { shape: [2, 2], data: at(i, j) }, { fit: 'stretch' });
  const expected = contactSheet(
    [
      { picture: shown(0, 0), title: 'lips', subtitle: 'its evidence' },
      { picture: shown(2, 2), title: 'hair', subtitle: 'its evidence' },
      { picture: shown(0, 2), title: 'lips and hair', subtitle: 'shared, cosine 0.8' },
    ],
    { columns: 3, title: 'Faces' },
  );
  expect([sheet.width, sheet.height]).toEqual([expected.width, expected.height]);
  expect(sheet.data.findIndex((value, i) => value !== expected.data[i])).toBe(-1);
  const both = sharedEvidence(x, relations, { range: [0, 1] });
  expect(both.height).toBeGreaterThan(sheet.height);
});

test('refuses relations without places, and images without a scale', () => {
  const { shared: _, ...flat } = relations;
  expect(() => sharedEvidence(x, flat, { range: [0, 1] })).toThrow('"relations.shared" expected maps, got none');
  expect(() => sharedEvidence(x, { ...relations, pairs: [] }, { range: [0, 1] })).toThrow('"relations.pairs"');
  expect(() => sharedEvidence(x, { ...relations, attributes: ['a'] }, { range: [0, 1] })).toThrow(
    '"relations.pairs[0]',
  );
  expect(() => sharedEvidence(x, relations, {} as never)).toThrow('"preprocessing" expected a preset');
  expect(() => sharedEvidence(x, relations, { range: [0, 1], example: 2 })).toThrow('"example" expected');
});
