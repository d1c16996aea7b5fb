import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { gradientTimesInput } from '../../src/attribution/gradient/gradientTimesInput.ts';
import { averageSensitivity, localLipschitz, maxSensitivity } from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Explainer } from '../../src/scoring/types.ts';
import { linearModel } from '../support/linearModel.ts';

const x: NdArray = { shape: [2, 3], data: Float32Array.of(1, 2, -1, 0, 3, 1) };
const moved: NdArray = {
  shape: [2, 2, 3],
  data: Float32Array.of(2, 2, -1, 0, 3, 3, 1, 0, -1, 0, 4, 1),
};
let model: LayersModel;
beforeAll(() => {
  model = linearModel([3], [2, -1, 3]);
});
afterAll(() => model.dispose());

test.each([
  ['maxSensitivity', maxSensitivity],
  ['averageSensitivity', averageSensitivity],
  ['localLipschitz', localLipschitz],
] as const)('%s(…, {explainer: gradient}) of a linear score is 0', async (_, metric) => {
  const { score, curve, higherIsBetter } = await metric(model, x, { explainer: gradient, samples: 4, radius: 0.5 });
  expect([...score]).toEqual([0, 0]);
  expect(curve?.shape).toEqual([2, 4]);
  expect(higherIsBetter).toBe(false);
});

test('gradient × input moves by w Δ, and is w x', async () => {
  const options = { explainer: gradientTimesInput, perturbed: moved };
  // w x = (2, −2, −3) and (0, −3, 3); the moves are (1, 0, 0), (0, −2, 0) and (0, 0, 2), (0, 1, 0).
  const relative = [2 / Math.sqrt(17), 2 / Math.sqrt(17), 6 / Math.sqrt(18), 1 / Math.sqrt(18)];
  const most = await maxSensitivity(model, x, options);
  relative.forEach((value, i) => expect(most.curve?.data[i]).toBeCloseTo(value, 5));
  expect(most.score[1]).toBeCloseTo(6 / Math.sqrt(18), 5);
  expect((await averageSensitivity(model, x, options)).score[1]).toBeCloseTo(3.5 / Math.sqrt(18), 5);
  const { score, curve } = await localLipschitz(model, x, options);
  [2, 1, 3, 1].forEach((value, i) => expect(curve?.data[i]).toBeCloseTo(value, 5));
  expect([...score].map(Math.round)).toEqual([2, 3]);
});

test('no element leaves the ball of the radius, a share of the range of each example', async () => {
  const seen: NdArray[] = [];
  const watching: Explainer = (network, input, options) => {
    seen.push(input as NdArray);
    return gradient(network, input, options);
  };
  await maxSensitivity(model, x, { explainer: watching, samples: 20, radius: 0.1 });
  expect(seen).toHaveLength(21);
  expect(seen[0]?.data).toEqual(x.data);
  const distances = seen.slice(1).map(({ data }) => data.map((value, i) => Math.abs(value - (x.data[i] as number))));
  for (const [start, range] of [
    [0, 3],
    [3, 3],
  ] as const) {
    const most = Math.max(...distances.flatMap((all) => [...all.subarray(start, start + 3)]));
    expect(most).toBeLessThanOrEqual(0.1 * range + 1e-6);
    expect(most).toBeGreaterThan(0.08 * range);
  }
});

test('a map of zeros has no relative change, an input that stays no Lipschitz estimate', async () => {
  const nothing: Explainer = async (network, input, options) => {
    const found = await gradient(network, input, options);
    return { ...found, values: { ...found.values, data: new Float32Array(found.values.data.length) } };
  };
  expect((await maxSensitivity(model, x, { explainer: nothing })).score.every(Number.isNaN)).toBe(true);
  expect((await averageSensitivity(model, x, { explainer: nothing })).score.every(Number.isNaN)).toBe(true);
  const still = await localLipschitz(model, x, { explainer: gradient, radius: 0 });
  expect(still.score.every(Number.isNaN)).toBe(true);
});

test('a predicted class is the one at x, whatever is predicted nearby', async () => {
  const targets: unknown[] = [];
  const watching: Explainer = (network, input, options) => {
    targets.push(options?.target);
    return gradient(network, input, options);
  };
  await averageSensitivity(model, x, { explainer: watching, samples: 2, seed: 5 });
  expect(targets).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});
