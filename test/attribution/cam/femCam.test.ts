import { expect, test } from 'vitest';
import { femCam } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { inputsOf } from '../../oracle/building.ts';
import { momentsOf, planesOf } from '../../oracle/cams.ts';
import { activationsOfA, curvedHead, pooledChannels } from '../../support/camModels.ts';
import { expectNear } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';

const raw = { layer: 'A', size: 'layer', rectify: false } as const;

test.each([undefined, 0, 0.5, -1])('femCam with %s deviations: Σ μ where A > μ + d σ', async (deviations) => {
  await withBuilt(curvedHead, async (model) => {
    const x = inputsOf(model, 3)[0] as NdArray;
    const { values } = await femCam(model, x, { ...raw, ...(deviations !== undefined && { deviations }) });
    const A = await activationsOfA(model, x);
    const maps = [0, 1, 2].flatMap((example) => {
      const planes = planesOf(A, example).map((plane) => ({ plane, ...momentsOf(plane) }));
      return Array.from({ length: 12 }, (_, place) =>
        planes.reduce((sum, { plane, mean, variance }) => {
          const isStrong = (plane[place] as number) > mean + (deviations ?? 2) * Math.sqrt(variance);
          return isStrong ? sum + mean : sum;
        }, 0),
      );
    });
    expectNear(values.data, maps, 1e-5);
  });
});

test('femCam by hand: one peak in sixteen places is 3.87 deviations above its mean', async () => {
  const model = pooledChannels([4, 4, 2], [[1], [1]], [0]);
  // Channel 0 peaks at place 5; channel 1 has halves of 0 and −2, of which none is rare.
  const data = Float32Array.from({ length: 32 }, (_, i) => (i % 2 ? (i < 16 ? 0 : -2) : Number(i === 10) * 16));
  const x = { shape: [1, 4, 4, 2], data };
  const expected = Array.from({ length: 16 }, (_, place) => Number(place === 5));
  expectNear((await femCam(model, x, raw)).values.data, expected, 1e-6);
  expectNear((await femCam(model, x, { ...raw, deviations: 3.8 })).values.data, expected, 1e-6);
  expectNear((await femCam(model, x, { ...raw, deviations: 3.9 })).values.data, new Array(16).fill(0), 0);
  const both = Array.from({ length: 16 }, (_, place) => Number(place === 5) - Number(place < 8));
  expectNear((await femCam(model, x, { ...raw, deviations: 0.9 })).values.data, both, 1e-6);
  model.dispose();
});

test('femCam does not depend on the class', async () => {
  await withBuilt(curvedHead, async (model) => {
    const x = inputsOf(model, 1)[0] as NdArray;
    const [one, other] = [await femCam(model, x, { target: 0 }), await femCam(model, x, { target: 2 })];
    expect(other.values).toEqual(one.values);
    expect(other.score).not.toEqual(one.score);
  });
});

test('femCam refuses deviations that are no number', async () => {
  await withBuilt(curvedHead, async (model) => {
    const run = femCam(model, inputsOf(model, 1), { deviations: Number.NaN });
    await expect(run).rejects.toThrow('"deviations" expected a finite number, got NaN');
  });
});
