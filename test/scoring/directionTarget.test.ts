import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { scores } from '../../src/scoring/scores.ts';
import type { Attribution, DirectionTarget, Target, UnitTarget } from '../../src/scoring/types.ts';
import { chain, conv, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';
import { methods } from '../support/methods.ts';

let model: LayersModel;
let network: Network;
let x: NdArray;
const units = 3;
beforeAll(async () => {
  model = randomized(
    chain(
      [7, 6, 2],
      conv({ name: 'conv1', activation: 'tanh' }),
      conv({ name: 'conv2', filters: units }),
      l.flatten({ name: 'flat' }),
      l.dense({ name: 'dense', units: 4 }),
    ),
  );
  network = compile(model);
  [x] = inputsOf(model, 2) as [NdArray];
  await gradient(network, x);
});
afterAll(() => {
  network.dispose();
  free(model);
});

const positions = ['mean', 'sum', 'max', 'center', [2, 1], undefined] as const;
const oneHot = (length: number, unit: number): number[] => Array.from({ length }, (_, i) => Number(i === unit));

test.each(positions)('a vector with a single 1 is the unit, at %s', async (position) => {
  const at = position === undefined ? {} : { position };
  for (const unit of [0, 1, 2]) {
    const ofUnit = await gradient(network, x, { target: { layer: 'conv2', unit, ...at } });
    const ofVector = await gradient(network, x, { target: { layer: 'conv2', vector: oneHot(units, unit), ...at } });
    await expectClose(ofVector.values, ofUnit.values);
    await expectClose({ shape: [2], data: ofVector.score }, { shape: [2], data: ofUnit.score });
    expect(ofVector.target).toBeNull();
  }
});

test('the middle of a map: of even lengths the place behind the middle', async () => {
  // conv2 makes maps of 3 × 2.
  const target: UnitTarget = { layer: 'conv2', unit: 1 };
  const center = await gradient(network, x, { target: { ...target, position: 'center' } });
  const named = await gradient(network, x, { target: { ...target, position: [1, 1] } });
  expect(center.values).toEqual(named.values);
  const dense = await scores(network, x, { target: { layer: 'dense', unit: 1, position: 'center' } });
  expect(dense.values).toEqual((await scores(network, x, { target: { layer: 'dense', unit: 1 } })).values);
});

test('scores are products with the activations', async () => {
  const { conv2, dense } = await activations(network, x, ['conv2', 'dense']);
  const number = fc.double({ min: -3, max: 3, noNaN: true }).filter((value) => Math.abs(value) > 0.01);
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 3, maxLength: 3 }), async (vector) => {
      const products = [0, 1].map((n) =>
        Array.from({ length: 6 }, (_, place) =>
          vector.reduce((sum, v, u) => sum + v * (conv2.data[(n * 6 + place) * 3 + u] as number), 0),
        ),
      );
      const expected: Readonly<Record<string, readonly number[]>> = {
        sum: products.map((own) => own.reduce((a, b) => a + b)),
        max: products.map((own) => Math.max(...own)),
        mean: products.map((own) => own.reduce((a, b) => a + b) / 6),
        center: products.map((own) => own[3] as number),
      };
      for (const [position, wanted] of Object.entries(expected)) {
        const target = { layer: 'conv2', vector, position } as DirectionTarget;
        const { values } = await scores(network, x, { target });
        await expectClose({ shape: [2], data: values }, { shape: [2], data: Float32Array.from(wanted) });
      }
    }),
    { numRuns: 8 },
  );
  const vector = Float32Array.of(1, -1, 2, 0);
  const { values } = await scores(network, x, { target: { layer: 'dense', vector } });
  const wanted = [0, 1].map((n) => vector.reduce((sum, v, u) => sum + v * (dense.data[4 * n + u] as number), 0));
  await expectClose({ shape: [2], data: values }, { shape: [2], data: Float32Array.from(wanted) });
});

test('of a linear layer the gradient is the combination of its weights, and does not depend on the input', async () => {
  const linear = randomized(chain([4], l.dense({ name: 'dense', units: 3 })));
  const [inputs] = inputsOf(linear, 2) as [NdArray];
  const vector = [2, -1, 0.5];
  const { values } = await gradient(linear, inputs, { target: { layer: 'dense', vector } });
  const [kernel] = linear.getWeights();
  const weights = (await kernel?.data()) as Float32Array;
  const own = [0, 1, 2, 3].map((i) => vector.reduce((sum, v, u) => sum + v * (weights[3 * i + u] as number), 0));
  await expectClose(values, { shape: [2, 4], data: Float32Array.from([...own, ...own]) });
  free(linear);
});

test('what was explained is plain data of its own', async () => {
  const vector = Float32Array.of(1, 2, 3);
  const target: Target = { layer: 'conv2', vector, position: 'sum' };
  const found = gradient(network, x, { target });
  vector.fill(0);
  const { explained, score } = await found;
  expect(explained.target).toEqual({ layer: 'conv2', vector: Float32Array.of(1, 2, 3), position: 'sum' });
  expect(structuredClone(explained)).toEqual(explained);
  expect((await scores(network, x, { target: explained.target as Target })).values).toEqual(score);
});

describe('every method takes it as it takes the unit', () => {
  const small = (): LayersModel =>
    randomized(
      chain(
        [12, 12, 3],
        conv({ name: 'conv1', activation: 'relu' }),
        conv({ name: 'conv3', activation: 'relu', filters: 4 }),
        l.globalAveragePooling2d({ name: 'features' }),
        l.dense({ name: 'scores', units: 3, activation: 'softmax' }),
      ),
    );
  /** A map, or why there is none; what was explained is another target. */
  const outcome = async (run: Promise<Attribution>): Promise<unknown> => {
    try {
      const { explained: _, ...found } = await run;
      return found;
    } catch (error) {
      return (error as Error).message;
    }
  };

  test.each(Object.entries(methods))('%s', async (_, method) => {
    const own = small();
    const inputs = inputsOf(own, 1)[0] as NdArray;
    const unit = await outcome(method(own, inputs, { target: { layer: 'features', unit: 2 } }));
    const vector = await outcome(method(own, inputs, { target: { layer: 'features', vector: [0, 0, 1, 0] } }));
    free(own);
    if (typeof unit === 'string') return expect(vector).toBe(unit);
    const [{ values, score }, expected] = [vector as Attribution, unit as Attribution];
    await expectClose(values, expected.values, { tolerance: 1e-4 });
    await expectClose({ shape: [1], data: score }, { shape: [1], data: expected.score });
  });
});
