import { expect, test } from 'vitest';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import type { Dissection } from '../../src/dissection/types.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

const samples = randomLabelled({ images: 15, positions: [4, 5], pixels: [8, 6], units: 6 }, 1);

test('a unit is a detector above the threshold, not at it', async () => {
  const run = (threshold: number): Promise<Dissection> =>
    dissectActivations(samples, { concepts, quantile: 0.1, threshold });
  const best = (await run(0)).units.map((unit) => unit.best?.iou ?? 0);
  const all = [...new Set(best)].filter((iou) => iou > 0);
  expect(all.length).toBeGreaterThan(2);
  for (const iou of all) {
    const [at, below] = [await run(iou), await run(iou * (1 - 1e-12))];
    expect(at.units.map(({ detector }) => detector)).toEqual(best.map((own) => own > iou));
    expect(below.units.map(({ detector }) => detector)).toEqual(best.map((own) => own >= iou));
    expect([at.detectors, below.detectors]).toEqual([
      best.filter((own) => own > iou).length,
      best.filter((own) => own >= iou).length,
    ]);
  }
});
