import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { composites, lrp, rules } from '../../../src/attribution/index.ts';
import { chain, conv, free, randomized } from '../../oracle/building.ts';

// 32-bit numbers reach a bound only nearly; anything that shows in a picture is outside.
test.each([
  [-1, 255],
  [0, 1],
  [-128, 0],
])('inputs are within %d and %d up to rounding, and no further', async (low, high) => {
  const model = randomized(chain([3, 3, 1], conv(), l.flatten(), l.dense({ units: 2 })));
  const composite = [[{ position: 'first' }, rules.zBox(low, high)], ...composites.epsilonPlus()] as const;
  const run = (value: number): Promise<unknown> =>
    lrp(model, { shape: [1, 3, 3, 1], data: new Float32Array(9).fill(value) }, { composite, target: 0 });
  const step = (bound: number): number => Math.max(1, Math.abs(bound));
  await run(low - 5e-7 * step(low));
  await run(high + 5e-7 * step(high));
  await expect(run(low - 2e-5 * step(low))).rejects.toThrow(`within ${low}..${high}, got`);
  await expect(run(high + 2e-5 * step(high))).rejects.toThrow(`within ${low}..${high}, got`);
  free(model);
});
