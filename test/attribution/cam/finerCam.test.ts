import { describe, expect, test } from 'vitest';
import { finerCam, gradCam } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { classifier, inputsOf } from '../../oracle/building.ts';
import { planesOf, weightedPlanes } from '../../oracle/cams.ts';
import { pooledChannels } from '../../support/camModels.ts';
import { expectNear } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';

test('finerCam with one similar class is Grad-CAM of the contrast', async () => {
  await withBuilt(classifier, async (model) => {
    const x = inputsOf(model, 2)[0] as NdArray;
    for (const options of [{}, { rectify: false, size: 'layer' as const }]) {
      const finer = await finerCam(model, x, { ...options, target: [1, 2], similar: [3] });
      const contrast = await gradCam(model, x, { ...options, target: { class: [1, 2], minus: 3 } });
      expect(finer.values.shape).toEqual(contrast.values.shape);
      expectNear(finer.values.data, contrast.values.data, 1e-6);
      expectNear(finer.score, contrast.score, 1e-6);
      expect([...(finer.target as Int32Array)]).toEqual([1, 2]);
    }
  });
});

test('finerCam with all other classes is Grad-CAM of the class against the rest', async () => {
  await withBuilt(classifier, async (model) => {
    const x = inputsOf(model, 2)[0] as NdArray;
    const options = { rectify: false, size: 'layer' } as const;
    const finer = await finerCam(model, x, options);
    const classes = [...(finer.target as Int32Array)];
    const rest = await gradCam(model, x, { ...options, target: { class: classes, minus: 'rest' } });
    expectNear(finer.values.data, rest.values.data, 1e-6);
    expectNear(finer.score, rest.score, 1e-6);
  });
});

describe('over means and linear units', () => {
  const kernel = [
    [1, 2, -1, 0.5],
    [0, -1, 3, 1],
  ];
  // Both channels have mean 1, so that the logits are 1.5, 1, 2, 1.75.
  const bias = [0.5, 0, 0, 0.25];
  const x = { shape: [1, 2, 2, 2], data: Float32Array.of(1, 0, 2, 1, 0, 1, 1, 2) };

  test.each<[string, object, readonly [number, number, number, number]]>([
    ['the classes that come next', { similar: 2 }, [-0.5, 0, 1, -0.5]],
    ['the only class that comes next', { similar: 1 }, [0, 0, 1, -1]],
    ['three classes by default', {}, [-1 / 3, -1 / 3, 1, -1 / 3]],
    ['classes by their numbers', { target: 0, similar: [1, 2] }, [1, -0.5, -0.5, 0]],
    ['a share of them', { target: 0, similar: [1], strength: 0.25 }, [1, -0.25, 0, 0]],
    ['none of them: Grad-CAM', { target: 3, strength: 0 }, [0, 0, 0, 1]],
  ])('%s: Σ_k (w_c − α mean w_d) A_k / 4', async (_name, options, weights) => {
    const model = pooledChannels([2, 2, 2], kernel, bias);
    const { values, score } = await finerCam(model, x, { layer: 'A', size: 'layer', rectify: false, ...options });
    const contrast = (row: readonly number[]): number =>
      weights.reduce((sum, weight, unit) => sum + weight * (row[unit] as number), 0);
    const perPlace = kernel.map((row) => contrast(row) / 4);
    expectNear(values.data, weightedPlanes(planesOf(x, 0), perPlace), 1e-5);
    expectNear(score, [contrast([1.5, 1, 2, 1.75])], 1e-5);
    model.dispose();
  });
});

test.each<[object, string]>([
  [{ similar: 0 }, '"similar" expected an integer in 1..3, got 0'],
  [{ similar: 4 }, '"similar" expected an integer in 1..3, got 4'],
  [{ target: 2, similar: [1, 2] }, '"similar" expected classes other than the one that is explained, got 2'],
  [{ similar: [4] }, '"similar[0]" expected an integer in 0..3, got 4'],
  [{ strength: -1 }, '"strength" expected a finite number of at least 0, got -1'],
  [{ target: { layer: 'conv2', unit: 0 } }, '"target" expected a class or one per example'],
])('finerCam(model, x, %o) is refused', async (options, message) => {
  await withBuilt(classifier, async (model) => {
    await expect(finerCam(model, inputsOf(model), options as object)).rejects.toThrow(message);
  });
});

test('finerCam of two classes compares with the other one, of one class is refused', async () => {
  const x = { shape: [1, 2, 2, 2], data: Float32Array.of(1, 0, 2, 1, 0, 1, 1, 2) };
  const kernel = [
    [1, 2, -1],
    [0, -1, 3],
  ];
  const two = pooledChannels(
    [2, 2, 2],
    kernel.map((row) => row.slice(0, 2)),
    [0, 0],
  );
  const { score } = await finerCam(two, x, { layer: 'A', target: 0 });
  expectNear(score, [1 - 1], 1e-5);
  const one = pooledChannels(
    [2, 2, 2],
    kernel.map((row) => row.slice(0, 1)),
    [0],
  );
  await expect(finerCam(one, x, { layer: 'A' })).rejects.toThrow(
    '"model" expected at least two classes to compare, got 1',
  );
  two.dispose();
  one.dispose();
});
