import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { deconvnetComposite } from '../../../src/attribution/gradient/rectified.ts';
import { topImages } from '../../../src/dissection/images/topImages.ts';
import { withNetwork } from '../../../src/network/withNetwork.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { type DeconvKind, deconvPatches } from '../../../src/visualization/reading/deconvPatches.ts';
import { chain, free, inputsOf, randomized } from '../../oracle/building.ts';
import { backend } from '../../support/backend.ts';
import { expectClose } from '../../support/close.ts';
import { type GoldenCase, goldenCases } from '../../support/goldenCases.ts';
import { expectNear } from '../../support/near.ts';

const goldens = await goldenCases('visualization');
const [range, kinds] = [
  [-1, 1],
  ['deconvnet', 'guided', 'gradient'],
] as const;

/** Writes kernels and biases, layer by layer. */
function withWeights(model: LayersModel, weights: readonly NdArray<Float32Array | Int32Array>[]): LayersModel {
  tf.tidy(() => model.setWeights(weights.map(({ data, shape }) => tf.tensor(data, [...shape]))));
  return model;
}

/** An axis gets a third place, of zeros; `after` numbers belong to one place. */
function withZeros({ shape, data }: NdArray, channels: number, after: number): NdArray {
  const block = channels * after;
  const parts = Array.from({ length: data.length / block }, (_, i) => data.slice(i * block, (i + 1) * block));
  const padded = parts.flatMap((part) => [...part, ...new Array<number>(after).fill(0)]);
  const axes = shape.map((length, axis) => (axis === 2 ? channels + 1 : length));
  return { shape: axes, data: Float32Array.from(padded) };
}

describe('reference values', () => {
  const [golden] = goldens.ofMethod('deconvnet') as [GoldenCase];
  const part = async (name: string) => (await goldens.arrayOf(golden.inputs[name] ?? golden.outputs[name])) as NdArray;

  test.each(kinds)('two convolutions with a pooling between them: %s', async (kind) => {
    // Pictures have three channels; the third one is of zeros here, as are the weights for it.
    const [image, k1] = [withZeros(await part('image'), 2, 1), withZeros(await part('k1'), 2, 4)];
    const model = withWeights(
      chain(
        image.shape,
        l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }),
        l.maxPooling2d({ poolSize: 2 }),
        l.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', name: 'top' }),
      ),
      [k1, await part('b1'), await part('k2'), await part('b2')],
    );
    const options = { layer: 'top', unit: 1, count: 1, kind, range: [-9, 9] } as const;
    const { units, size } = await deconvPatches(model, image, options);
    const [patch] = units[0]?.patches ?? [];
    expect(size).toEqual([8, 8]);
    expect(patch).toMatchObject({ image: 0, position: [0, 0], top: 0, left: 0 });
    expect(patch?.reproduced).toBeCloseTo(golden.expected['activation'] as number, 5);
    const expected = withZeros(await part(kind === 'gradient' ? 'backprop' : kind), 2, 1);
    const seen = Array.from({ length: 64 }, (_, place) => Math.floor(place / 8) * 9 + (place % 8));
    const data = Float32Array.from(seen.flatMap((place) => [...expected.data.slice(place * 3, place * 3 + 2), 0]));
    const colors = patch?.values.data.map((value, i) => (i % 3 < 2 ? value : 0)) as Float32Array;
    await expectClose({ shape: [8, 8, 3], data: colors }, { shape: [8, 8, 3], data });
    free(model);
  });

  test.each(goldens.ofMethod('unpooling'))('switches: $id', async ({ inputs, outputs, params }) => {
    const read = async (file: string | undefined) => (await goldens.arrayOf(file)) as NdArray;
    const [x, signal, expected] = await Promise.all([inputs['x'], inputs['signal'], outputs['unpooled']].map(read));
    const planes = ({ shape, data }: NdArray): tf.Tensor => tf.tensor(data, [1, ...shape.slice(0, 2), shape[2] ?? 1]);
    const pool = { poolSize: params['pool'] as number, strides: params['stride'] as number, name: 'pool' };
    const [rows, columns, channels = 1] = (x as NdArray).shape as number[];
    const model = chain([rows as number, columns as number, channels], l.maxPooling2d(pool));
    const found = await withNetwork(model, (network) => {
      const [input, site] = [network.inputs[0], network.site('pool')];
      return tf.tidy(() => {
        const walk = { differentiate: { to: [input], composite: deconvnetComposite } };
        const record = network.forward([planes(x as NdArray)], walk);
        const seeds = new Map([[site, planes(signal as NdArray)]]);
        return tf.clone(record.backward(seeds, { to: [input] }).get(input)?.[0] as tf.Tensor);
      });
    });
    await expectClose({ ...(expected as NdArray), data: (await found.data()) as Float32Array }, expected as NdArray);
    found.dispose();
  });
});

test('a convolution alone gives back its kernel times the activation, cut off at the border', async () => {
  const model = randomized(chain([6, 7, 3], l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'conv' })));
  const [x] = inputsOf(model, 5) as [NdArray];
  const kernel = await model.layers[1]?.getWeights()[0]?.data();
  for (const kind of kinds) {
    const { units, size } = await deconvPatches(model, [x], { layer: 'conv', unit: [3, 1], count: 3, kind, range });
    expect(size).toEqual([3, 3]);
    for (const { unit, patches } of units) {
      expect(patches).toHaveLength(3);
      for (const { values, top, left, position, activation, reproduced, picture, image } of patches) {
        expect([top, left]).toEqual([position[0] - 1, position[1] - 1]);
        expect(reproduced).toBeCloseTo(activation, 5);
        const isInside = (i: number): boolean => {
          const [row, column] = [top + Math.floor(i / 9), left + (Math.floor(i / 3) % 3)];
          return row >= 0 && row < 6 && column >= 0 && column < 7;
        };
        const data = values.data.map((_, i) => (isInside(i) ? activation * (kernel?.[i * 4 + unit] as number) : 0));
        await expectClose(values, { shape: [3, 3, 3], data });
        // The pixels that were seen, grey where there are none.
        const pixels = Array.from(data, (_, i) => {
          const at = ((image * 6 + top + Math.floor(i / 9)) * 7 + left + (Math.floor(i / 3) % 3)) * 3 + (i % 3);
          return isInside(i) ? ((x.data[at] as number) + 1) * 127.5 : 128;
        });
        expect(Array.from(picture.data).filter((_, i) => i % 4 < 3)).toEqual([...Uint8ClampedArray.from(pixels)]);
      }
    }
  }
  free(model);
});

test('the images are those of topImages, and the field that of the whole image where it is larger', async () => {
  const model = deepNetwork();
  const [x] = inputsOf(model, 12) as [NdArray];
  const options = { layer: 'top', unit: [2, 0], count: 4 };
  const tops = await topImages(model, [x], options);
  for (const batchSize of [1, 5]) {
    const { units, size, warnings } = await deconvPatches(model, [x], { ...options, range, batchSize });
    expect(size).toEqual([8, 8]);
    expect(warnings).toEqual([]);
    expect(units.map(({ unit }) => unit)).toEqual([2, 0]);
    units.forEach(({ patches }, i) => {
      const expected = tops[i] ?? [];
      expect(patches.map(({ image, position, field }) => ({ image, position, field }))).toEqual(
        expected.map(({ image, position, field }) => ({ image, position, field })),
      );
      // GPUs round sums of a batch otherwise than those of one example.
      const tolerance = ['cpu', 'wasm'].includes(backend) ? 0 : 1e-5;
      const activationsOf = (all: readonly { activation: number }[]): number[] =>
        all.map(({ activation }) => activation);
      expectNear(activationsOf(patches), activationsOf(expected), tolerance);
      for (const { top, left, picture } of patches) expect([top, left, picture.width]).toEqual([0, 0, 8]);
    });
  }
  free(model);
});

test('what guided backpropagation passes is never negative at the last ReLU, and rules differ', async () => {
  const model = deepNetwork();
  const [x] = inputsOf(model, 12) as [NdArray];
  const of = async (kind: DeconvKind) => {
    const { units } = await deconvPatches(model, [x], { layer: 'top', unit: 0, count: 1, kind, range });
    return units[0]?.patches[0]?.values.data as Float32Array;
  };
  const [deconvnet, guided, gradient] = await Promise.all(kinds.map(of));
  expect(deconvnet).not.toEqual(guided);
  expect(guided).not.toEqual(gradient);
  free(model);
});

/** Convolution, pooling, convolution, all with ReLUs. */
function deepNetwork(): LayersModel {
  return randomized(
    chain(
      [8, 8, 3],
      l.conv2d({ filters: 5, kernelSize: 3, activation: 'relu', padding: 'same' }),
      l.maxPooling2d({ poolSize: 2 }),
      l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', padding: 'same', name: 'top' }),
    ),
    4,
  );
}

describe('a detector of a template', () => {
  const [side, size, channels] = [16, 5, 3];
  const { uniform } = random(7);
  const template = Float32Array.from({ length: size * size * channels }, () => (uniform() < 0.5 ? 0 : 1));
  const mean = template.reduce((sum, value) => sum + value, 0) / template.length;

  /** Faint noise; every second image has the template at a place. */
  function images(): NdArray {
    const { uniform, integer } = random(8);
    const data = Float32Array.from({ length: 30 * side * side * channels }, () => 0.4 + 0.2 * uniform());
    for (let image = 0; image < 30; image += 2) {
      const [top, left] = [integer(side - size), integer(side - size)];
      template.forEach((value, i) => {
        const [row, column] = [top + Math.floor(i / (size * channels)), left + (Math.floor(i / channels) % size)];
        data[((image * side + row) * side + column) * channels + (i % channels)] = value;
      });
    }
    return { shape: [30, side, side, channels], data };
  }

  function detector(activation: 'relu' | 'linear'): LayersModel {
    const kernel = { shape: [size, size, channels, 1], data: template.map((value) => value - mean) };
    const conv = l.conv2d({ filters: 1, kernelSize: size, activation, name: 'conv' });
    const pool = l.maxPooling2d({ poolSize: 1, name: 'pool' });
    return withWeights(chain([side, side, channels], conv, pool), [kernel, { shape: [1], data: Float32Array.of(0) }]);
  }

  test('all nine patches show it', async () => {
    const model = detector('relu');
    const { units } = await deconvPatches(model, images(), { layer: 'conv', unit: 0, range: [0, 1] });
    const patches = units[0]?.patches ?? [];
    expect(patches).toHaveLength(9);
    const pixels = Uint8ClampedArray.from(template, (value) => value * 255);
    for (const { picture, image, values, activation } of patches) {
      expect(image % 2).toBe(0);
      expect(picture.data.filter((_, i) => i % 4 < 3)).toEqual(pixels);
      await expectClose(values, { shape: values.shape, data: template.map((value) => activation * (value - mean)) });
    }
    free(model);
  });

  test('without a ReLU all rules are the gradient', async () => {
    const model = detector('linear');
    const of = (kind: DeconvKind) =>
      deconvPatches(model, images(), { layer: 'pool', unit: 0, count: 2, range: [0, 1], kind });
    const [{ kind: _, ...deconvnet }, guided, gradient] = await Promise.all([
      of('deconvnet'),
      of('guided'),
      of('gradient'),
    ]);
    expect(guided).toMatchObject(deconvnet);
    expect(gradient).toMatchObject(deconvnet);
    free(model);
  });
});

test('only the images of the peaks are run again, and another second reading is refused', async () => {
  const model = deepNetwork();
  const [x] = inputsOf(model, 6) as [NdArray];
  const one = (image: number): NdArray => ({ shape: [8, 8, 3], data: x.data.slice(image * 192, (image + 1) * 192) });
  const stages: string[] = [];
  const options = { layer: 'top', unit: 0, count: 2, range } as const;
  const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number }) =>
    stages.push(`${stage} ${done}/${total}`);
  const dataset = () => [0, 1, 2, 3, 4, 5].map(one);
  await deconvPatches(model, dataset, { ...options, onProgress });
  expect(stages.filter((stage) => stage.startsWith('deconv'))).toEqual(['deconvPatches 1/2', 'deconvPatches 2/2']);
  let reading = 0;
  const shuffled = () => (reading++ === 0 ? [0, 1, 2, 3, 4, 5] : [5, 4, 3, 2, 1, 0]).map(one);
  await expect(deconvPatches(model, shuffled, options)).rejects.toThrow('the same images in both readings');
  let other = 0;
  const shorter = () => (other++ === 0 ? [0, 1, 2, 3, 4, 5] : []).map(one);
  await expect(deconvPatches(model, shorter, options)).rejects.toThrow(/both readings, got image \d once only/);
  free(model);
});

test('a unit that is never active is told', async () => {
  const model = deepNetwork();
  const top = model.getLayer('top');
  const [kernel, bias] = top.getWeights() as [tf.Tensor, tf.Tensor];
  const silent = tf.tidy(() => tf.fill(bias.shape, -100));
  top.setWeights([kernel, silent]);
  silent.dispose();
  const [x] = inputsOf(model, 3) as [NdArray];
  const { units, warnings } = await deconvPatches(model, [x], { layer: 'top', unit: 1, count: 2, range });
  expect(warnings).toEqual(['unit 1 of "top" is 0 in every image: its projections are empty']);
  expect(units[0]?.patches[0]?.values.data.every((value) => value === 0)).toBe(true);
  free(model);
});

test.each([
  [{ unit: 9 }, '"unit" expected an integer in 0..3, got 9'],
  [{ layer: 'tup' }, '"layer" expected the address of a layer, got "tup"; near: top'],
  [{ kind: 'deconv' }, '"kind" expected one of deconvnet'],
  [{ count: 0 }, '"count" expected an integer of at least 1, got 0'],
  [{ range: undefined }, '"preprocessing" expected a preset'],
  [{ channels: 1 }, 'channels, got 3'],
  [{ units: [1] }, '"options" expected some of unit'],
])('refuses %o', async (wrong, message) => {
  const model = deepNetwork();
  const [x] = inputsOf(model, 2) as [NdArray];
  await expect(deconvPatches(model, [x], { layer: 'top', unit: 0, range, ...wrong } as never)).rejects.toThrow(message);
  free(model);
});
