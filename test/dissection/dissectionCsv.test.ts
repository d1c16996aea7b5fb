import { csvParse } from 'd3-dsv';
import { expect, test } from 'vitest';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { dissectionCsv } from '../../src/dissection/results/dissectionCsv.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

test('what is read by its header is what was found, and the IoU follows from the counts', async () => {
  const named = concepts.map((concept) => (concept.name === 'house' ? { ...concept, name: 'house, "old"' } : concept));
  const samples = randomLabelled({ images: 6, positions: [4, 4], pixels: [8, 8], units: 6 }, 2);
  const dissection = await dissectActivations(samples, { concepts: named, quantile: 0.2 });
  const rows = csvParse(dissectionCsv(dissection));
  expect(rows.columns).toHaveLength(4 + 5 * dissection.categories.length);
  expect(rows.map(({ score }) => Number(score))).toEqual(
    dissection.units.map(({ best }) => best?.iou ?? 0).sort((a, b) => b - a),
  );
  for (const row of rows) {
    const { best, byCategory } = dissection.units[Number(row['unit']) - 1] as (typeof dissection.units)[number];
    expect([row['label'], row['category']]).toEqual([best?.concept ?? '', best?.category ?? '']);
    for (const category of dissection.categories) {
      const match = byCategory[category];
      expect(row[`${category}-label`]).toBe(match?.concept ?? '');
      if (!match) continue;
      const [truth, activation, shared] = ['truth', 'activation', 'intersect'].map((column) =>
        Number(row[`${category}-${column}`]),
      ) as [number, number, number];
      expect(Number(row[`${category}-iou`])).toBe(match.iou);
      expect(shared / (activation + truth - shared)).toBe(match.iou);
    }
  }
  expect(rows.some((row) => row['label'] === 'house, "old"' || row['object-label'] === 'house, "old"')).toBe(true);
});
