import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { thorough } from '../support/backend.ts';
import { anyMap, mapMetrics, modelMetrics } from '../support/metrics.ts';
import { fixtureModel } from '../support/models.ts';

const { normal } = random(7);
const x: NdArray = { shape: [3, 16, 16, 3], data: Float32Array.from({ length: 3 * 768 }, normal) };
const first: NdArray = { shape: [1, 16, 16, 3], data: x.data.slice(0, 768) };

let model: LayersModel;
let network: Network;

beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
  network = compile(model);
  await gradient(network, first);
});
afterAll(() => {
  network.dispose();
  model.dispose();
});

const weights = (): Promise<unknown[]> =>
  Promise.all(model.weights.map(async (weight) => [weight.id, [...(await weight.read().data())]]));

describe.each(Object.keys(modelMetrics).filter((name) => thorough || !name.includes(' ')))('%s', (name) => {
  const metric = modelMetrics[name] as (typeof modelMetrics)[string];

  test('of a batch is that of each example, whatever the batch size; plain data; the model stays', async () => {
    const before = await weights();
    const together = await metric(network, x, { batchSize: 3 });
    const apart = await metric(network, x, { batchSize: 2 });
    const alone = await metric(network, first, {});
    expect(together.score.length).toBe(3);
    expect([...together.score].every(Number.isFinite)).toBe(true);
    together.score.forEach((value, i) => expect(apart.score[i]).toBeCloseTo(value, 4));
    expect(alone.score[0]).toBeCloseTo(together.score[0] as number, 4);
    if (together.curve) expect(together.curve.shape[0]).toBe(3);
    expect(structuredClone(together)).toEqual(together);
    expect(await weights()).toEqual(before);
  });

  test('stops at an aborted signal and leaves nothing', async () => {
    const reason = new Error('enough');
    await expect(metric(network, x, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }): void => {
      seen.push(done / total);
      controller.abort(reason);
    };
    const running = metric(network, x, { signal: controller.signal, batchSize: 1, onProgress });
    await expect(running).rejects.toBe(reason);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen[0]).toBeLessThan(1);
  });
});

const drawn = Object.keys(modelMetrics).filter((name) =>
  /region|infidelity$|Correlation|sensitivity|muFidelity|Lipschitz|^modelRand|road/.test(name),
);
test.each(thorough ? drawn : drawn.slice(0, 2))('%s: the seed decides', async (name) => {
  const run = async (seed: number): Promise<Float32Array> =>
    (await (modelMetrics[name] as (typeof modelMetrics)[string])(network, first, { seed, target: 1 })).score;
  const [one, again, other] = [await run(3), await run(3), await run(4)];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

describe('a map that orders nothing', () => {
  const constant = { shape: [1, 16, 16], data: new Float32Array(256).fill(0.3) };
  const zero = { shape: [1, 16, 16], data: new Float32Array(256) };
  const judged = Object.keys(mapMetrics).filter((name) => thorough || name === 'deletion');
  test.each(judged)('%s is NaN for it, infidelity excepted', async (name) => {
    for (const attribution of [constant, zero]) {
      const { score, curve } = await (mapMetrics[name] as (typeof mapMetrics)[string])(network, first, { attribution });
      expect(Number.isNaN(score[0])).toBe(!name.startsWith('infidelity'));
      // What subsets take along does not depend on an order; neither does what they are compared with.
      if (curve && name !== 'sensitivityN' && name !== 'monotonicityCorrelation') {
        expect(curve.data.every(Number.isNaN)).toBe(true);
      }
    }
  });
});

test('the class of an attribution is the one that is measured, unless another target is given', async () => {
  const attribution = await gradient(network, x, { target: [4, 0, 2] });
  const { deletion } = mapMetrics as { deletion: (typeof mapMetrics)[string] };
  const own = await deletion(network, x, { attribution });
  expect(own).toEqual(await deletion(network, x, { attribution: attribution.values, target: [4, 0, 2] }));
  expect(own).not.toEqual(await deletion(network, x, { attribution, target: [1, 1, 1] }));
  const map = anyMap(x);
  const predicted = await gradient(network, x);
  const target = [...(predicted.target as Int32Array)];
  expect(await deletion(network, x, { attribution: map })).toEqual(
    await deletion(network, x, { attribution: map, target }),
  );
});

test('maps with channels count as their sums, and in equal parts the other way round', async () => {
  const map = anyMap(first);
  const spread = {
    shape: first.shape,
    data: Float32Array.from({ length: 768 }, (_, i) => (map.data[Math.floor(i / 3)] as number) / 3),
  };
  for (const name of thorough ? ['deletion', 'irof', 'muFidelity', 'infidelity'] : ['deletion']) {
    const metric = mapMetrics[name] as (typeof mapMetrics)[string];
    const [summed, whole] = [
      await metric(network, first, { attribution: spread, target: 0 }),
      await metric(network, first, { attribution: map, target: 0 }),
    ];
    expect(summed.score[0]).toBeCloseTo(whole.score[0] as number, 5);
  }
});
