import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { dissect } from '../../src/dissection/dissect.ts';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { directionDissection } from '../../src/dissection/rotation/directionDissection.ts';
import { mixed, mixOf } from '../../src/dissection/rotation/mixed.ts';
import { rotatedDissection } from '../../src/dissection/rotation/rotatedDissection.ts';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { haarRotation } from '../../src/numeric/rotation/haarRotation.ts';
import { rotationPlanes } from '../../src/numeric/rotation/rotationPlanes.ts';
import { rotationPower } from '../../src/numeric/rotation/rotationPower.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { chain, free, randomized } from '../oracle/building.ts';
import { arrayOf, dissectionGoldens } from '../support/dissectionGoldens.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';
import { expectNear } from '../support/near.ts';

const goldens = await dissectionGoldens();
const side = 8;

function network(): ReturnType<typeof chain> {
  return randomized(
    chain(
      [side, side, 3],
      l.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu', name: 'first' }),
      l.maxPooling2d({ poolSize: 2, name: 'pool' }),
      l.conv2d({ filters: 4, kernelSize: 2, name: 'last' }),
      l.flatten(),
      l.dense({ units: 2, name: 'head' }),
    ),
  );
}

function images(count: number): readonly LabelledImage[] {
  const shapes = { images: count, positions: [side, side], pixels: [side, side], units: 3 } as const;
  return randomLabelled(shapes, 2).map(({ activations: image, ...labels }) => ({ ...labels, image }));
}

test.each(goldens.ofMethod('rotation-apply'))('$id', async ({ params, inputs, outputs }) => {
  const rotation = params['Q'] as number[][];
  const given = (await arrayOf(inputs['activations'])) as NdArray;
  const found = atOnce(mixed(given, mixOf({ shape: [9, 9], data: Float64Array.from(rotation.flat()) })));
  expect(found.shape).toEqual(given.shape);
  expectNear(found.data, (await arrayOf(outputs['rotated'])).data, 2e-6);
});

describe('rotatedDissection', () => {
  test('is the dissection of rotated activations, thresholds included', async () => {
    const model = network();
    const samples = images(5);
    const options = { concepts, quantile: 0.1, upsampling: 'fill' } as const;
    const alphas = [0, 0.3, 1];
    const layers = ['pool', 'last'] as const;
    const found = await rotatedDissection(model, samples, { ...options, layers, alphas, seed: 4, batchSize: 2 });
    for (const layer of layers) {
      expect(found[layer].map(({ alpha }) => alpha)).toEqual(alphas);
      const units = layer === 'pool' ? 6 : 4;
      const planes = atOnce(rotationPlanes(atOnce(haarRotation(units, random(4)))));
      for (const { alpha, dissection } of found[layer]) {
        const mix = mixOf(atOnce(rotationPower(planes, alpha)));
        const rotated = [];
        for (const { image, ...labels } of samples) {
          const { shape, data } = (await activations(model, image, [layer]))[layer] as NdArray;
          rotated.push({ ...labels, activations: atOnce(mixed({ shape: shape.slice(1), data }, mix)) });
        }
        expect(dissection).toEqual(await dissectActivations(rotated, options));
      }
    }
    free(model);
  });

  test('0 is the dissection of the units', async () => {
    const model = network();
    const samples = images(4);
    const options = { layers: ['first', 'last'] as const, concepts, quantile: 0.05 };
    const rotated = await rotatedDissection(model, samples, { ...options, alphas: [0] });
    const plain = await dissect(model, samples, options);
    expect(rotated.first[0]?.dissection).toEqual(plain.first);
    expect(rotated.last[0]?.dissection).toEqual(plain.last);
    free(model);
  });

  test('depends on the seed and not on batches or on other layers', async () => {
    const model = network();
    const samples = images(3);
    const run = (options: object): ReturnType<typeof rotatedDissection<'pool'>> =>
      rotatedDissection(model, samples, { layers: ['pool'], concepts, quantile: 0.1, alphas: [0.7], ...options });
    const { pool } = await run({});
    expect((await run({ batchSize: 3 })).pool).toEqual(pool);
    expect((await run({ layers: ['last', 'pool'] })).pool).toEqual(pool);
    expect((await run({ seed: 1 })).pool).not.toEqual(pool);
    expect((await run({ alphas: undefined })).pool.map(({ alpha }) => alpha)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    free(model);
  });

  test('a faulty image is left out, and the unit named as it is in the layer', async () => {
    const model = network();
    const samples = images(3).map((sample, i) =>
      i === 1 ? { ...sample, image: { shape: [side, side, 3], data: new Float32Array(192).fill(3e38) } } : sample,
    );
    const faults: string[] = [];
    const options = { layers: ['first'] as const, concepts, alphas: [0.5] };
    const found = await rotatedDissection(model, samples, {
      ...options,
      onFault: ({ message }) => faults.push(message),
    });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/image 1 \(image-1.png\): "activations" expected finite numbers, got \S+ in unit \d/);
    const rest = samples.filter((_, i) => i !== 1);
    expect(found).toEqual(await rotatedDissection(model, rest, options));
    await expect(rotatedDissection(model, samples, options)).rejects.toThrow(faults[0] as string);
    free(model);
  });

  test('stops where it is told to', async () => {
    const model = network();
    const compiled = compile(model);
    const controller = new AbortController();
    const stages = new Set<string>();
    const run = rotatedDissection(compiled, images(4), {
      layers: ['pool'],
      concepts,
      batchSize: 1,
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        stages.add(stage);
        if (stage === 'tally' && done === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    expect([...stages]).toEqual(['thresholds', 'tally']);
    compiled.dispose();
    free(model);
  });

  test.each<[object, string]>([
    [{ alphas: [0, Number.NaN] }, '"alphas[1]" expected a finite number, got NaN'],
    [{ alphas: [Number.POSITIVE_INFINITY] }, '"alphas[0]" expected a finite number, got Infinity'],
    [{ alphas: [] }, '"alphas" expected a list with elements, got []'],
    [{ layers: ['pol'] }, '"layers" expected the address of a layer, got "pol"; near: pool'],
    [{ layers: ['head'] }, '"layers" expected layers with rows and columns, got "head"'],
    [{ seed: 0.5 }, '"seed" expected a safe integer, got 0.5'],
  ])('with %o is refused', async (options, message) => {
    const model = network();
    const all = { layers: ['pool'], concepts, ...options };
    await expect(rotatedDissection(model, images(1), all)).rejects.toThrow(message);
    free(model);
  });
});

describe('directionDissection', () => {
  test('an axis is its unit, a rotation all of its rows', async () => {
    const model = network();
    const samples = images(4);
    const options = { concepts, quantile: 0.1 };
    const axis: NdArray = { shape: [1, 4], data: Float32Array.of(0, 0, 1, 0) };
    const found = await directionDissection(model, samples, { ...options, layer: 'last', directions: axis });
    const { last } = await dissect(model, samples, { ...options, layers: ['last'] });
    expect(found.units).toHaveLength(1);
    expect(found.units[0]).toEqual({ ...last.units[2], unit: 0 });
    const planes = atOnce(rotationPlanes(atOnce(haarRotation(4, random(0)))));
    const directions = atOnce(rotationPower(planes, 1));
    const whole = await directionDissection(model, samples, { ...options, layer: 'last', directions });
    const rotated = await rotatedDissection(model, samples, { ...options, layers: ['last'], alphas: [1] });
    expect(whole).toEqual(rotated.last[0]?.dissection);
    free(model);
  });

  test('the length of a direction changes thresholds alone', async () => {
    const model = network();
    const run = (data: readonly number[]): ReturnType<typeof directionDissection> => {
      const directions = { shape: [1, 4], data: Float32Array.from(data) };
      return directionDissection(model, images(4), { layer: 'last', directions, concepts, quantile: 0.1 });
    };
    const [one, four] = [await run([0.5, -1, 0.25, 0]), await run([2, -4, 1, 0])];
    expect(four.iou).toEqual(one.iou);
    expect(four.thresholds[0]).toBe(4 * (one.thresholds[0] as number));
    free(model);
  });

  test.each<[object, string]>([
    [{ layer: 'lost' }, '"layer" expected the address of a layer, got "lost"; near: last'],
    [{ layer: 'head' }, '"layer" expected layers with rows and columns, got "head"'],
    [{ directions: { shape: [1, 3], data: new Float32Array(3) } }, '"directions" expected shape [d, 4], got [1, 3]'],
    [
      { directions: { shape: [2, 4], data: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0) } },
      '"directions" expected vectors other than zero, got zeros in row 1',
    ],
    [
      { directions: { shape: [1, 4], data: Float32Array.of(1, 0, Number.NaN, 0) } },
      '"directions" expected finite numbers, got NaN at [0, 2]',
    ],
  ])('with %o is refused', async (options, message) => {
    const model = network();
    const directions: NdArray = { shape: [1, 4], data: Float32Array.of(1, 0, 0, 0) };
    const all = { layer: 'last', directions, concepts, ...options };
    await expect(directionDissection(model, images(1), all)).rejects.toThrow(message);
    free(model);
  });
});
