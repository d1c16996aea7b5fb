import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { scoreCam } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { inputsOf } from '../../oracle/building.ts';
import { momentsOf, planesOf, rescaled, resizedPlane, softmax, weightedPlanes } from '../../oracle/cams.ts';
import { activationsOfA, curvedHead, logitsOf, pooledChannels } from '../../support/camModels.ts';
import { expectNear } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';

/** The map before rectification, with the scores of each masked picture by whole passes. */
async function mapByHand(model: LayersModel, x: NdArray, { example, unit, channels }: Record<string, number>) {
  const A = await activationsOfA(model, x);
  const planes = planesOf(A, example as number);
  const [, rows, columns, depth] = x.shape as [number, number, number, number];
  const size = rows * columns * depth;
  const own = x.data.slice((example as number) * size, ((example as number) + 1) * size);
  const variances = planes.map((plane) => momentsOf(plane).variance);
  const kept = [...variances].sort((a, b) => b - a).slice(0, channels);
  const asked = [...planes.keys()].filter((k) => kept.includes(variances[k] as number));
  const scores = [];
  for (const k of asked) {
    const from = [A.shape[1], A.shape[2]] as [number, number];
    const mask = rescaled(resizedPlane(planes[k] as number[], from, [rows, columns]));
    const data = own.map((value, i) => value * (mask[Math.floor(i / depth)] as number));
    const logits = await logitsOf(model, { shape: [1, rows, columns, depth], data });
    scores.push(logits.data[unit as number] as number);
  }
  const weights = new Array<number>(planes.length).fill(0);
  softmax(scores).forEach((weight, i) => (weights[asked[i] as number] = weight));
  return { map: weightedPlanes(planes, weights), weights };
}

describe('scoreCam of a network with strides', () => {
  test.each([
    ['all channels', 5],
    ['the two channels that vary most', 2],
    ['one channel', 1],
  ])('%s: Σ softmax(F(x ⊙ mask)) A', async (_name, channels) => {
    await withBuilt(curvedHead, async (model) => {
      const x = inputsOf(model, 2)[0] as NdArray;
      const { values, layer } = await scoreCam(model, x, {
        ...{ layer: 'A', unitCount: channels, target: 1, size: 'layer', rectify: false, batchSize: 2 },
      });
      expect(layer).toBe('A');
      expect(values.shape).toEqual([2, 4, 3]);
      const maps = [];
      for (const example of [0, 1]) {
        const { map, weights } = await mapByHand(model, x, { example, unit: 1, channels });
        expect(weights.filter((weight) => weight > 0)).toHaveLength(channels);
        maps.push(...map);
      }
      expectNear(values.data, maps, 1e-5);
    });
  });
});

test('scoreCam in the size of the input is the rectified map, resized', async () => {
  await withBuilt(curvedHead, async (model) => {
    const x = inputsOf(model, 1)[0] as NdArray;
    const { values } = await scoreCam(model, x, { layer: 'A', target: 0 });
    const { map } = await mapByHand(model, x, { example: 0, unit: 0, channels: 5 });
    expect(values.shape).toEqual([1, 9, 8]);
    const rectified = map.map((value) => Math.max(value, 0));
    expectNear(values.data, resizedPlane(rectified, [4, 3], [9, 8]), 1e-5);
  });
});

test('scoreCam: masks of channels that are the same everywhere hide everything', async () => {
  // F is the mean of channel 0; channel 1 shows it nowhere, channel 2 where it is 8.
  const model = pooledChannels([1, 2, 3], [[1], [0], [0]], [0]);
  const x = { shape: [1, 1, 2, 3], data: Float32Array.of(4, 5, 0, 8, 5, 1) };
  const { values } = await scoreCam(model, x, { layer: 'A', size: 'layer' });
  const weights = softmax([(0 * 4 + 1 * 8) / 2, 0, 8 / 2]);
  expectNear(
    values.data,
    weightedPlanes(
      [
        [4, 8],
        [5, 5],
        [0, 1],
      ],
      weights,
    ),
    1e-5,
  );
  model.dispose();
});

test.each<[object, string]>([
  [{ unitCount: 0 }, '"unitCount" expected an integer of at least 1, or Infinity, got 0'],
  [{ unitCount: 1.5 }, '"unitCount" expected an integer of at least 1, or Infinity, got 1.5'],
  [{ layer: 'B' }, '"layer" expected the address of a layer, got "B"'],
  [{ size: 'full' }, '"size" expected one of input, layer, got "full"'],
])('scoreCam(model, x, %o) is refused', async (options, message) => {
  await withBuilt(curvedHead, async (model) => {
    await expect(scoreCam(model, inputsOf(model, 1), options)).rejects.toThrow(message);
  });
});
