import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { empiricalReceptiveField } from '../../src/dissection/empirical/empiricalReceptiveField.ts';
import { activations } from '../../src/network/activations.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { apply, chain, free, inputsOf, randomized } from '../oracle/building.ts';
import { readJson, readNpy } from '../support/fixtures.ts';
import { expectNear } from '../support/near.ts';

const folder = 'goldens/receptive-field/';

interface EmpiricalCase {
  readonly method: string;
  readonly params: { readonly patch: number; readonly stride: number };
  readonly expected: {
    readonly peaks: readonly (readonly [number, number])[];
    readonly peakValues: readonly number[];
    readonly sizes: Readonly<Record<string, number>>;
  };
}

const array = (name: string): Promise<NdArray> => readNpy(`${folder}empirical-occlusion.${name}.npy`);

/** Two 3×3 convolutions of one channel with ReLU, with the given kernels. */
async function referenceNetwork(): Promise<LayersModel> {
  const layer = (name: string): ReturnType<typeof l.conv2d> =>
    l.conv2d({ filters: 1, kernelSize: 3, useBias: false, activation: 'relu', name });
  const model = chain([15, 15, 1], layer('first'), layer('last'));
  for (const [name, file] of [
    ['first', 'w1'],
    ['last', 'w2'],
  ] as const) {
    const kernel = tf.tensor4d((await array(file)).data, [3, 3, 1, 1]);
    model.getLayer(name).setWeights([kernel]);
    kernel.dispose();
  }
  return model;
}

test('the reference case', async () => {
  const { cases } = await readJson<{ cases: EmpiricalCase[] }>(`${folder}index.json`);
  const { params, expected } = cases.find(({ method }) => method === 'empirical-receptive-field') as EmpiricalCase;
  const model = await referenceNetwork();
  const { shape, data } = await array('images');
  const patches = await array('patches');
  const { patch: size, stride } = params;
  const run = (options: object = {}): ReturnType<typeof empiricalReceptiveField> =>
    empiricalReceptiveField(model, [{ shape: [...shape, 1], data }], {
      ...{ layer: 'last', unit: 0, size, stride, ...options },
      baseline: (row, column) => {
        const start = (row * (patches.shape[1] as number) + column) * size ** 2;
        return patches.data.subarray(start, start + size ** 2);
      },
    });
  const found = await run();
  const images = [...found.images].sort((a, b) => a.image - b.image);
  expect(images.map(({ position }) => position)).toEqual(expected.peaks);
  expectNear(
    images.map(({ activation }) => activation),
    expected.peakValues,
    1e-5,
  );
  const signed = (await array('signed')).data;
  expectNear(
    images.flatMap(({ discrepancy }) => [...discrepancy.data]),
    signed,
    1e-5,
  );
  expectNear(signed.map(Math.abs), (await array('discrepancy')).data, 1e-6);
  expectNear(found.map.data, (await array('field')).data, 1e-5);
  for (const [level, size] of Object.entries(expected.sizes)) expect(found.sizes[level]).toBeCloseTo(size, 5);
  const supporting = await run({ supporting: true, levels: [0.5] });
  expect(Object.keys(supporting.sizes)).toEqual(['0.5']);
  expect(supporting.map.data.every((value, i) => value <= (found.map.data[i] as number) + 1e-6)).toBe(true);
  free(model);
});

test('with gates and strides, what each square changes is what a whole run finds', async () => {
  const model = randomized(gated());
  const [x] = inputsOf(model, 2) as [NdArray];
  const options = { layer: 'out', unit: 1, count: 1, size: 3, stride: 4 };
  const baseline = (row: number, column: number): Float32Array =>
    Float32Array.from({ length: 18 }, (_, i) => Math.sin(i + row * 5 + column));
  const { images } = await empiricalReceptiveField(model, [x], { ...options, baseline });
  const [{ image, activation, position, discrepancy }] = images as [(typeof images)[number]];
  const side = 12;
  const size = side * side * 2;
  for (let place = 0; place < discrepancy.data.length; place++) {
    const [row, column] = [Math.floor(place / 3), place % 3];
    const data = x.data.slice(image * size, (image + 1) * size);
    baseline(row, column).forEach((value, i) => {
      const [y, z, channel] = [Math.floor(i / 6), Math.floor(i / 2) % 3, i % 2];
      data[((row * 4 + y) * side + column * 4 + z) * 2 + channel] = value;
    });
    const { out } = await activations(model, { shape: [1, side, side, 2], data }, ['out']);
    const [, , width, units] = out.shape as [number, number, number, number];
    const after = out.data[(position[0] * width + position[1]) * units + 1] as number;
    expect(discrepancy.data[place]).toBeCloseTo(activation - after, 4);
  }
  free(model);
});

function gated(): LayersModel {
  const x = input({ shape: [12, 12, 2] });
  const y = apply(l.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }), x);
  const mean = apply(l.globalAveragePooling2d({}), y);
  const gate = apply(l.reshape({ targetShape: [1, 1, 3] }), apply(l.dense({ units: 3, activation: 'sigmoid' }), mean));
  return modelOf({ inputs: x, outputs: apply(l.multiply({ name: 'out' }), [y, gate]) });
}

test('noise is drawn by seed and place, and nothing else', async () => {
  const model = await referenceNetwork();
  const { shape, data } = await array('images');
  const run = (options: object): ReturnType<typeof empiricalReceptiveField> =>
    empiricalReceptiveField(model, [{ shape: [...shape, 1], data }], { layer: 'last', unit: 0, size: 4, ...options });
  const first = await run({ batchSize: 1 });
  expect((await run({ batchSize: 7 })).sizes).toEqual(first.sizes);
  expect((await run({ seed: 1 })).map).not.toEqual(first.map);
  free(model);
});

test.each<[object, string]>([
  [{ size: 16 }, '"size" expected an integer in 1..15, got 16'],
  [{ stride: 0 }, '"stride" expected an integer of at least 1, got 0'],
  [{ batchSize: 0 }, '"batchSize" expected an integer of at least 1, got 0'],
  [{ signal: AbortSignal.abort(new Error('enough')) }, 'enough'],
  [{ unit: 1 }, '"unit" expected an integer in 0..0, got 1'],
  [{ layer: 'lst' }, '"layer" expected the address of a layer, got "lst"'],
])('%o is refused', async (options, message) => {
  const model = await referenceNetwork();
  const x = { shape: [1, 15, 15, 1], data: new Float32Array(225) };
  await expect(empiricalReceptiveField(model, [x], { layer: 'last', unit: 0, ...options })).rejects.toThrow(message);
  free(model);
});
