import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { attacks, featureInfluence, minimalPerturbation, robustness } from '../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { chain, free, randomized } from '../../oracle/building.ts';

// More numbers than a call of a function takes as arguments.
const side = 224;
const { uniform } = random(3);
const picture: NdArray = { shape: [1, side, side, 3], data: Float32Array.from({ length: side * side * 3 }, uniform) };
const bounds = [0, 1] as const;

function small() {
  return randomized(
    chain(
      [side, side, 3],
      l.averagePooling2d({ poolSize: 56, strides: 56 }),
      l.flatten(),
      l.dense({ units: 4, activation: 'softmax' }),
    ),
  );
}

test('pictures of the size that networks take are attacked in every norm', async () => {
  const model = small();
  for (const norm of ['l2', 'linf'] as const) {
    const list = [{ attack: 'apgd', steps: 2 }] as const;
    const { rounds } = await robustness(model, picture, { bounds, norm, epsilon: 0.5, attacks: list });
    expect(rounds[0]?.tried).toBe(1);
    await attacks.pgd(model, picture, { bounds, norm, epsilon: 0.5, steps: 2 });
    const fooled = await attacks.deepFool(model, picture, { bounds, norm, steps: 2 });
    const nearest = await attacks.fab(model, picture, { bounds, norm, steps: 2 });
    const minimal = await minimalPerturbation(model, picture, { bounds, norm, steps: 2, directions: 1 });
    for (const { distance } of [fooled, nearest, minimal]) expect(distance[0]).toBeLessThan(400);
  }
  await attacks.carliniWagner(model, picture, { bounds, steps: 2, searches: 1 });
  await attacks.lbfgs(model, picture, { bounds, steps: 2, searches: 1 });
  await attacks.square(model, picture, { bounds, epsilon: 0.1, evaluations: 3 });
  await attacks.onePixel(model, picture, { bounds, pixels: 2, population: 4, steps: 1 });
  free(model);
});

test('as many examples as data sets have', async () => {
  const count = 130_000;
  const labels = Int32Array.from({ length: count }, (_, i) => (i % 7 === 0 ? 1 - ((i / 7) % 2) : i % 2));
  const features = {
    shape: [count, 1],
    data: Float32Array.from({ length: count }, (_, i) => (i % 2) + ((i * 0.37) % 1)),
  };
  const test = { features: { shape: [1, 1], data: Float32Array.of(1) }, labels: [1] };
  const { lossChangeIfRemoved } = await featureInfluence({ features, labels }, test, { penalty: 0.1 });
  expect(lossChangeIfRemoved.shape).toEqual([1, count]);
});
