import { expect, test } from 'vitest';
import { biasMatrix, type ShownRelations } from '../../../src/render/index.ts';

const pair = (places: readonly [number, number], expected: 'unrelated' | 'positive', mean: number) => ({
  places,
  expected,
  mean,
  deviation: 0.1,
  divergence: 20 * mean ** 2,
});
const relations: ShownRelations = {
  attributes: ['lips', 'eyes', '<hair>'],
  mean: { shape: [3, 3], data: Float64Array.of(1, 0.87, -0.25, 0.87, 1, 0.004, -0.25, 0.004, 1) },
  chance: { shape: [3, 3], data: Float64Array.of(0.5, 0.12, 0, 0.13, 0.5, 0, 0, 0, 0.5) },
  pairs: [pair([0, 1], 'unrelated', 0.87), pair([0, 2], 'positive', -0.25), pair([1, 2], 'unrelated', 0.004)],
};

/** Which number stands in each cell, with its colour, by what the cell says when pointed at. */
function cellsOf(svg: string): ReadonlyMap<string, readonly [shown: string, fill: string]> {
  const cells = svg.matchAll(/<rect [^>]*fill="(#\w+)"[^>]*><title>([^<]+)<\/title><\/rect>\n<text[^>]*>([^<]+)</g);
  return new Map(Array.from(cells, ([, fill, title, shown]) => [title as string, [shown as string, fill as string]]));
}

test('shows the same image above the diagonal and chance below it', () => {
  const cells = cellsOf(biasMatrix(relations));
  expect(cells.size).toBe(6);
  expect(cells.get('lips and eyes in the same image: 0.87')).toEqual(['.87', '#c2410c']);
  expect(cells.get('eyes and lips from one image to the next: 0.13')).toEqual(['.13', '#c2410c']);
  expect(cells.get('lips and &lt;hair&gt; in the same image: −0.25')).toEqual(['−.25', '#2563c9']);
  expect(cells.get('eyes and &lt;hair&gt; in the same image: 0.004')).toEqual(['0', '#c2410c']);
});

test('frames failure modes and blind spots by rank, and says so', () => {
  const svg = biasMatrix(relations, { count: 2, title: 'Faces' });
  expect(svg).toContain('<title>failure mode, rank 1, 15.1 nats</title>');
  expect(svg).toContain('<title>blind spot, rank 2, 1.25 nats</title>');
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(1);
  expect(svg).toContain(
    'aria-label="Relations of 3 attributes. 1: lips and eyes, cosine 0.87, failure mode. 2: lips and &lt;hair&gt;, cosine −0.25, blind spot."',
  );
  expect(svg).toContain('>Faces</text>');
  expect(biasMatrix(relations, { count: 0 })).not.toContain('rank');
});

test('refuses what are no relations', () => {
  const wrong = (change: object) => () => biasMatrix({ ...relations, ...change } as ShownRelations);
  expect(wrong({ attributes: ['a', 'b'] })).toThrow('"relations.mean" expected [2, 2], got [3, 3]');
  expect(wrong({ chance: relations.mean.data })).toThrow('"relations.chance" expected {shape, data}');
  expect(wrong({ pairs: [pair([0, 3], 'unrelated', 1)] })).toThrow('"relations.pairs[0].places[1]"');
  expect(wrong({ pairs: [{ ...pair([0, 1], 'unrelated', 1), expected: 'no' }] })).toThrow(
    '"relations.pairs[0].expected"',
  );
  const gap = { shape: [3, 3], data: relations.mean.data.map((value, i) => (i === 4 ? Number.NaN : value)) };
  expect(wrong({ mean: gap })).toThrow('"relations.mean" expected finite numbers, got NaN at [1, 1]');
  expect(() => biasMatrix(relations, { count: -1 })).toThrow('"count"');
});
