import { describe, test } from 'vitest';
import { ablationCam } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { inputsOf } from '../../oracle/building.ts';
import { momentsOf, planesOf, weightedPlanes } from '../../oracle/cams.ts';
import { activationsOfA, curvedHead, logitsAfterA, pooledChannels } from '../../support/camModels.ts';
import { expectNear } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';

const raw = { layer: 'A', size: 'layer', rectify: false } as const;

describe('ablationCam over means and a linear unit: channel k has w_k mean(A_k) / F', () => {
  const kernel = [
    [2, -1],
    [-3, 0.5],
    [1, 4],
  ];
  const picture = { shape: [2, 2, 2, 3], data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i) + 0.4) };

  test.each([0, 1])('class %i', async (unit) => {
    const model = pooledChannels([2, 2, 3], kernel, [0.5, -2]);
    const { values, score } = await ablationCam(model, picture, { ...raw, target: unit });
    const maps = [0, 1].flatMap((example) => {
      const planes = planesOf(picture, example);
      const parts = planes.map((plane, k) => (kernel[k]?.[unit] as number) * momentsOf(plane).mean);
      const whole = parts.reduce((sum, part) => sum + part, [0.5, -2][unit] as number);
      expectNear([score[example] as number], [whole], 1e-5);
      return weightedPlanes(
        planes,
        parts.map((part) => part / whole),
      );
    });
    expectNear(values.data, maps, 1e-4);
    model.dispose();
  });

  test('a score of zero gives zeros, a negative one turns the signs', async () => {
    const x = { shape: [1, 1, 2, 1], data: Float32Array.of(1, 3) };
    const mapOf = async (weight: number, bias: number): Promise<number[]> => {
      const model = pooledChannels([1, 2, 1], [[weight]], [bias]);
      const { values } = await ablationCam(model, x, raw);
      model.dispose();
      return [...values.data];
    };
    expectNear(await mapOf(2, 0), [1, 3], 1e-6);
    expectNear(await mapOf(2, -4), [0, 0], 0);
    expectNear(await mapOf(2, -8), [-1, -3], 1e-6);
  });
});

test('ablationCam before a head that is not linear: only what is after the layer is run again', async () => {
  await withBuilt(curvedHead, async (model) => {
    const x = inputsOf(model, 2)[0] as NdArray;
    const { values } = await ablationCam(model, x, { ...raw, target: 2, batchSize: 2 });
    const A = await activationsOfA(model, x);
    const channels = A.shape[3] as number;
    const whole = await logitsAfterA(model, A);
    const lost: number[][] = [[], []];
    for (let k = 0; k < channels; k++) {
      const without = A.data.map((value, i) => (i % channels === k ? 0 : value));
      const logits = await logitsAfterA(model, { shape: A.shape, data: without });
      for (const example of [0, 1]) {
        const [before, after] = [whole, logits].map(({ data }) => data[3 * example + 2] as number) as [number, number];
        lost[example]?.push((before - after) / before);
      }
    }
    const maps = [0, 1].flatMap((example) => weightedPlanes(planesOf(A, example), lost[example] as number[]));
    expectNear(values.data, maps, 1e-4 * Math.max(1, ...maps.map(Math.abs)));
  });
});
