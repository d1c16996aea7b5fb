import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { type NdArray, sizeOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { layerGradients } from '../../../src/scoring/layerGradients.ts';
import { neuronGroups } from '../../../src/visualization/reading/neuronGroups.ts';
import { chain, classifier, free, inputsOf } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';

const [side, units] = [6, 9];

/** A score Σ w a of its input, which `layer` passes on as it is. */
function passing(weights: Float32Array): LayersModel {
  const model = chain(
    [side, side, units],
    l.activation({ activation: 'linear', name: 'layer' }),
    l.flatten(),
    l.dense({ units: 1, name: 'head' }),
  );
  tf.tidy(() => model.setWeights([tf.tensor(weights, [side * side * units, 1]), tf.zeros([1])]));
  return model;
}

/** Three groups of units, each in its third of the rows, with some strength at each position. */
function planted(): { x: NdArray; strength: Float32Array; directions: number[][] } {
  const { uniform } = random(2);
  const directions = [0, 1, 2].map((group) =>
    Array.from({ length: units }, (_, unit) => (Math.floor(unit / 3) === group ? 0.5 + uniform() : 0)),
  );
  const strength = Float32Array.from({ length: 2 * side * side }, () => 0.2 + uniform());
  const data = new Float32Array(2 * side * side * units);
  strength.forEach((value, place) => {
    const group = Math.floor((place % (side * side)) / (2 * side));
    directions[group]?.forEach((share, unit) => {
      data[place * units + unit] = value * (group + 1) * share;
    });
  });
  return { x: { shape: [2, side, side, units], data }, strength, directions };
}

const weights = (seed: number): Float32Array => {
  const { normal } = random(seed);
  return Float32Array.from({ length: side * side * units }, normal);
};

describe('planted groups', () => {
  test('are found with their places, the strongest first', async () => {
    const model = passing(weights(1));
    const { x, strength, directions } = planted();
    const found = await neuronGroups(model, x, { layer: 'layer', count: 3, steps: 400 });
    expect(found.explained).toBeGreaterThan(0.9999);
    expect(found.maps.shape).toEqual([2, side, side, 3]);
    [2, 1, 0].forEach((group, i) => {
      const own = directions[group] as number[];
      const length = Math.hypot(...own);
      const { layer, vector } = found.directions[i] as (typeof found.directions)[0];
      expect(layer).toBe('layer');
      expectNear(
        vector,
        own.map((share) => share / length),
        5e-3,
      );
      const map = found.maps.data.filter((_, at) => at % 3 === i);
      const expected = strength.map((value, place) =>
        Math.floor((place % (side * side)) / (2 * side)) === group ? value * (group + 1) * length : 0,
      );
      expectNear(map, expected, 0.03);
    });
    free(model);
  });

  test('are the same in every call, with progress', async () => {
    const model = passing(weights(1));
    const { x } = planted();
    const done: string[] = [];
    const onProgress = (progress: { stage: string; done: number; total: number }) =>
      done.push(`${progress.stage} ${progress.done}/${progress.total}`);
    const of = () => neuronGroups(model, x, { layer: 'layer', count: 3, steps: 5, onProgress });
    expect(await of()).toEqual(await of());
    expect(done.slice(0, 6)).toEqual([
      'factors 1/5',
      'factors 2/5',
      'factors 3/5',
      'factors 4/5',
      'factors 5/5',
      'factors 1/5',
    ]);
    free(model);
  });

  test('what they say of the target is their part of activation times gradient', async () => {
    const model = passing(weights(1));
    const { x } = planted();
    const { attribution } = await neuronGroups(model, x, { layer: 'layer', count: 3, steps: 400, target: 0 });
    const w = weights(1);
    const expected = [0, 1].flatMap((example) =>
      [2, 1, 0].map((group) => {
        let sum = 0;
        for (let i = 0; i < side * side * units; i++) {
          const isOwn = Math.floor(i / units / (2 * side)) === group;
          if (isOwn) sum += (x.data[example * side * side * units + i] as number) * (w[i] as number);
        }
        return sum;
      }),
    );
    expect(attribution).toMatchObject({ method: 'neuronGroups', layer: 'layer', target: Int32Array.of(0, 0) });
    expect(attribution?.values.shape).toEqual([2, 3]);
    expectNear(attribution?.values.data as Float32Array, expected, 0.05);
    free(model);
  });
});

describe('groups of attributions', () => {
  test('keep both signs, and with as many groups as it takes sum to the score', async () => {
    const model = passing(weights(3));
    const { x } = planted();
    const one = { shape: [1, side, side, units], data: x.data.slice(0, side * side * units) };
    const options = { layer: 'layer', kind: 'attributions', count: 18, steps: 600, target: 0 } as const;
    const { directions, maps, explained, attribution } = await neuronGroups(model, one, options);
    expect(explained).toBeGreaterThan(0.97);
    expect(directions.some(({ vector }) => [...vector].some((value) => value < -0.1))).toBe(true);
    const w = weights(3);
    const exact = one.data.map((value, i) => value * (w[i] as number));
    const made = exact.map((_, i) =>
      directions.reduce(
        (sum, { vector }, group) =>
          sum + (maps.data[Math.floor(i / units) * 18 + group] as number) * (vector[i % units] as number),
        0,
      ),
    );
    const most = Math.max(...exact.map(Math.abs));
    const error = Math.hypot(...made.map((value, i) => value - (exact[i] as number))) / Math.hypot(...exact);
    expect(error).toBeLessThan(0.2);
    expect(most).toBeGreaterThan(1);
    const total = attribution?.values.data.reduce((sum, value) => sum + value, 0) as number;
    expectNear([total], [made.reduce((sum, value) => sum + value, 0)], 1e-3);
    free(model);
  });

  test('are of activation times gradient', async () => {
    const model = classifier();
    const x = inputsOf(model)[0] as NdArray;
    const options = { layer: 'conv2', kind: 'attributions', count: 6, steps: 300, target: 1 } as const;
    const { maps, directions, explained } = await neuronGroups(model, x, options);
    const { conv2 } = await activations(model, x, ['conv2']);
    const slopes = (await layerGradients(model, x, { layers: ['conv2'], target: 1 })).conv2;
    const exact = conv2.data.map((value, i) => value * (slopes.data[i] as number));
    const made = exact.map((_, i) =>
      directions.reduce(
        (sum, { vector }, group) =>
          sum + (maps.data[Math.floor(i / 3) * 6 + group] as number) * (vector[i % 3] as number),
        0,
      ),
    );
    const error = Math.hypot(...made.map((value, i) => value - (exact[i] as number))) / Math.hypot(...exact);
    expect(error).toBeLessThan(0.05);
    expect(explained).toBeGreaterThan(0.99);
    free(model);
  });
});

test('negative activations are refused with the choice that there is, or set to zero', async () => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  const { conv2 } = await activations(model, x, ['conv2']);
  expect(Math.min(...conv2.data)).toBeLessThan(0);
  await expect(neuronGroups(model, x, { layer: 'conv2' })).rejects.toThrow(
    /"layer" expected activations that are not negative, "conv2" has -.* take a layer behind a ReLU, or rectify: true/,
  );
  const { maps } = await neuronGroups(model, x, { layer: 'conv2', rectify: true, count: 2, steps: 5 });
  expect(sizeOf(maps.shape)).toBe((conv2.data.length / 3) * 2);
  const { attribution, ...plain } = await neuronGroups(model, x, { layer: 'relu1', count: 2, steps: 5, target: 1 });
  expect(attribution?.score).toHaveLength(2);
  expect(await neuronGroups(model, x, { layer: 'relu1', count: 2, steps: 5 })).toEqual(plain);
  free(model);
});

test.each([
  [{ layer: 'relu2' }, 'near: relu1'],
  [{ layer: 'features' }, '"layer" expected a layer with rows and columns'],
  [{ layer: 'relu1', count: 0 }, '"count" expected an integer of at least 1'],
  [{ layer: 'relu1', kind: 'attribution' }, '"kind" expected one of attributions, activations'],
  [{ layer: 'relu1', rectify: 1 }, '"rectify" expected true or false'],
  [{ layer: 'relu1', target: 9 }, '"target"'],
])('refuses %o', async (options, message) => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  await expect(neuronGroups(model, x, options as never)).rejects.toThrow(message);
  free(model);
});

test('an image without any activation is refused', async () => {
  const model = passing(weights(1));
  const x = { shape: [1, side, side, units], data: new Float32Array(side * side * units) };
  await expect(neuronGroups(model, x, { layer: 'layer' })).rejects.toThrow(
    '"x" expected activations other than 0 in "layer", got zeros alone',
  );
  free(model);
});
