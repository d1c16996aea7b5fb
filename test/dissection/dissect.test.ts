import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { dissect } from '../../src/dissection/dissect.ts';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { mergeDissections } from '../../src/dissection/results/mergeDissections.ts';
import type { Concept } from '../../src/dissection/types.ts';
import { filterInterpretability } from '../../src/metrics/units/filterInterpretability.ts';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { receptiveField } from '../../src/network/fields/receptiveField.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { chain, free } from '../oracle/building.ts';
import { randomLabelled, concepts as someConcepts } from '../support/labelled.ts';

const colors: readonly Concept[] = [
  { number: 1, name: 'red', category: 'color' },
  { number: 2, name: 'green', category: 'color' },
  { number: 3, name: 'blue', category: 'color' },
];

/** Pictures of coloured blocks, black elsewhere, that are labelled with their colours. */
function blocks(count: number, side = 32): readonly LabelledImage[] {
  return Array.from({ length: count }, (_, number) => {
    const { integer } = random(number);
    const image = new Float32Array(side * side * 3);
    const planes = new Int32Array(side * side);
    for (let channel = 0; channel < 3; channel++) {
      const [top, left] = [integer(side - 8), channel * 10 + integer(4)];
      for (let y = top; y < top + 7; y++) {
        for (let x = left; x < left + 7; x++) {
          image[(y * side + x) * 3 + channel] = 1;
          planes[y * side + x] = channel + 1;
          for (let other = 0; other < 3; other++) if (other !== channel) image[(y * side + x) * 3 + other] = 0;
        }
      }
    }
    return {
      name: `blocks-${number}`,
      image: { shape: [side, side, 3], data: image },
      planes: { shape: [1, side, side], data: planes },
    };
  });
}

/** A 1×1 convolution that has a unit for green, for red, for blue, and one for nothing. */
function colorDetectors(): ReturnType<typeof chain> {
  const model = chain(
    [32, 32, 3],
    l.conv2d({ filters: 4, kernelSize: 1, useBias: false, name: 'colors' }),
    l.averagePooling2d({ poolSize: 4, name: 'pool' }),
    l.flatten(),
    l.dense({ units: 2 }),
  );
  const kernel = tf.tensor4d([0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0], [1, 1, 3, 4]);
  model.getLayer('colors').setWeights([kernel]);
  kernel.dispose();
  return model;
}

test('planted detectors are found, with the right names', async () => {
  const model = colorDetectors();
  const images = blocks(20);
  const found = await dissect(model, images, { layers: ['colors', 'pool'], concepts: colors, quantile: 0.06 });
  const { units, detectors, uniqueDetectors, thresholds } = found.colors;
  expect(units.map(({ best }) => best?.concept)).toEqual(['green', 'red', 'blue', undefined]);
  units.slice(0, 3).forEach(({ best }) => {
    expect(best?.iou).toBe(1);
    expect(best?.ceiling).toBe(1);
  });
  expect([...thresholds]).toEqual([0, 0, 0, 0]);
  expect(detectors).toBe(3);
  expect(uniqueDetectors.argmax).toEqual({ total: 3, byCategory: { color: 3 } });
  expect(found.pool.units.map(({ best }) => best?.concept)).toEqual(['green', 'red', 'blue', undefined]);
  found.pool.units.slice(0, 3).forEach(({ best }) => expect(best?.iou).toBeGreaterThan(0.5));
  expect(filterInterpretability(found.colors)).toMatchObject({
    units: 4,
    detectors: 3,
    share: 0.75,
    unique: 3,
    categories: { color: { detectors: 3, share: 0.75, unique: 3 }, object: { detectors: 0, share: 0, unique: 0 } },
  });
  free(model);
});

test('what dissect finds is what dissectActivations finds of the layer', async () => {
  const model = colorDetectors();
  const images = blocks(6);
  const options = { concepts: colors, quantile: 0.1 };
  for (const batchSize of [1, 4]) {
    const found = await dissect(model, images, { ...options, layers: ['pool'], batchSize });
    const samples = [];
    for (const { image, ...labels } of images) {
      const { pool } = await activations(model, image, ['pool']);
      samples.push({ ...labels, activations: { shape: pool.shape.slice(1), data: pool.data } });
    }
    const { centre, jump } = receptiveField(model, 'pool');
    const upsampling = { centre, jump, imageSize: 32 };
    expect(found.pool).toEqual(await dissectActivations(samples, { ...options, upsampling }));
  }
  free(model);
});

test('anchoring puts an impulse where theory says, on even and odd inputs', async () => {
  const same = { filters: 1, kernelSize: 3, strides: 2, padding: 'same', useBias: false } as const;
  for (const side of [32, 33]) {
    const layer = (name: string): ReturnType<typeof l.conv2d> => l.conv2d({ ...same, kernelInitializer: 'ones', name });
    const model = chain([side, side, 1], layer('first'), layer('last'));
    const { centre, jump } = receptiveField(model, 'last');
    // An impulse at the centre of the field of one position, which is where its activation is greatest.
    const [y, x] = [centre[0] + jump[0], centre[1] + 6 * jump[1]];
    const image = new Float32Array(side * side);
    image[y * side + x] = 1;
    const sides = ['above', 'below', 'left', 'right'].map((name, k) => ({ number: k + 1, name, category: 'part' }));
    const planes = Int32Array.from({ length: 2 * side * side }, (_, place) => {
      const [row, column] = [Math.floor(place / side) % side, place % side];
      return place < side * side ? sideOf(row - y, 1) : sideOf(column - x, 3);
    });
    const sample = { image: { shape: [side, side, 1], data: image }, planes: { shape: [2, side, side], data: planes } };
    const around = async (upsampling: 'receptiveField' | 'fill'): Promise<readonly number[]> => {
      const options = { layers: ['last'] as const, concepts: sides, quantile: 0.02, upsampling };
      return [...(await dissect(model, [sample], options)).last.intersection.data];
    };
    const [above, below, left, right] = await around('receptiveField');
    expect(above).toBeGreaterThan(0);
    expect([below, left, right]).toEqual([above, above, above]);
    const filled = await around('fill');
    expect(filled[0]).not.toBe(filled[1]);
    free(model);
  }
});

/** Whether a place is before or after the middle, as the number of a concept or the next. */
function sideOf(distance: number, concept: number): number {
  return distance === 0 ? 0 : concept + Number(distance > 0);
}

test('parts with the same thresholds merge to the whole', async () => {
  const samples = randomLabelled({ images: 6, positions: [3, 3], pixels: [6, 6], units: 4 }, 1);
  const whole = await dissectActivations(samples, { concepts: someConcepts });
  expect(mergeDissections([whole])).toEqual(whole);
  const twice = mergeDissections([whole, whole]);
  expect(twice.iou).toEqual(whole.iou);
  expect(twice.imageCount).toBe(12);
  const other = await dissectActivations(samples, { concepts: someConcepts, quantile: 0.3 });
  expect(() => mergeDissections([whole, other])).toThrow('"parts[1]" expected the thresholds of "parts[0]"');
  expect(() => mergeDissections([])).toThrow('"parts" expected at least one dissection, got none');
});

describe('faults', () => {
  const samples = randomLabelled({ images: 5, positions: [3, 3], pixels: [6, 6], units: 4 }, 1);
  const changed = (change: object): readonly (typeof samples)[number][] =>
    samples.map((sample, i) => (i === 2 ? { ...sample, ...change } : sample));
  const activationsOf = (value: number): NdArray => {
    const data = samples.flatMap(({ activations }, i) => (i === 2 ? [...activations.data] : []));
    data[7] = value;
    return { shape: [3, 3, 4], data: Float32Array.from(data) };
  };
  const cases: readonly (readonly [string, object, string])[] = [
    [
      'a label that is no concept',
      { scalars: [99] },
      '"planes" and "scalars" expected numbers of concepts or 0, got 99',
    ],
    [
      'planes of another size',
      { planes: { shape: [1, 2, 2], data: new Int32Array(4) } },
      '"planes" expected 6×6 as in the first image, got 2×2',
    ],
    ['planes without planes', { planes: { shape: [6, 6], data: new Int32Array(36) } }, '"planes" expected rank 3'],
    [
      'activations of another size',
      { activations: { shape: [2, 3, 4], data: new Float32Array(24) } },
      '"activations" expected 3×3×4 as in the first image, got 2×3×4',
    ],
    ['NaN', { activations: activationsOf(Number.NaN) }, '"activations" expected finite numbers, got NaN in unit 3'],
    ['−∞', { activations: activationsOf(-Infinity) }, '"activations" expected finite numbers, got -Infinity in unit 3'],
  ];

  test.each(cases)('%s: stop, naming the image', async (_name, change, message) => {
    await expect(dissectActivations(changed(change), { concepts: someConcepts })).rejects.toThrow(
      `image 2 (image-2.png): ${message}`,
    );
  });

  test.each(cases)('%s: or leave the image out of everything', async (_name, change, message) => {
    const faults: Error[] = [];
    const found = await dissectActivations(changed(change), {
      concepts: someConcepts,
      onFault: (fault) => faults.push(fault),
    });
    expect(faults.map((fault) => fault.message)).toEqual([
      expect.stringContaining(`image 2 (image-2.png): ${message}`),
    ]);
    const rest = samples.filter((_, i) => i !== 2);
    expect(found).toEqual(await dissectActivations(rest, { concepts: someConcepts }));
  });

  test('an empty data set, an iterator, wrong options', async () => {
    const run = (dataset: unknown, options: object = {}): Promise<unknown> =>
      dissectActivations(dataset as typeof samples, { concepts: someConcepts, ...options });
    await expect(run([])).rejects.toThrow('"dataset" expected at least one image, got none');
    await expect(run(samples.values())).rejects.toThrow('"dataset" expected examples that can be read more than once');
    await expect(run(samples, { imageCount: 4 })).rejects.toThrow(
      '"positions" expected at least 45, which came, got 36',
    );
    await expect(run(samples, { quantile: 1 })).rejects.toThrow('"quantile" expected a number between 0 and 1, got 1');
    await expect(run(samples, { quantileOn: 'row' })).rejects.toThrow(
      '"quantileOn" expected one of raw, upsampled, got "row"',
    );
    await expect(run(samples, { memory: 'histogram', quantileOn: 'upsampled' })).rejects.toThrow(
      '"memory" expected "tail"',
    );
    await expect(run(samples, { concepts: [] })).rejects.toThrow('"concepts" expected at least one concept, got none');
    await expect(run(samples, { categories: ['color'] })).rejects.toThrow(
      '"categories" expected to hold that of "house"',
    );
    await expect(run(samples, { upsampling: { centre: 0, jump: 0, imageSize: 6 } })).rejects.toThrow(
      '"upsampling.jump"',
    );
  });

  test('an image that the model does not take, in the middle', async () => {
    const model = colorDetectors();
    const images = blocks(4).map((sample, i) =>
      i === 1 ? { ...sample, image: { shape: [8, 8, 3], data: new Float32Array(192) } } : sample,
    );
    const options = { layers: ['pool'] as const, concepts: colors };
    await expect(dissect(model, images, options)).rejects.toThrow('image 1 (blocks-1): "image" expected shape');
    const faults: Error[] = [];
    const found = await dissect(model, images, { ...options, onFault: (fault) => faults.push(fault) });
    expect(faults).toHaveLength(1);
    expect(found.pool).toEqual(
      (
        await dissect(
          model,
          images.filter((_, i) => i !== 1),
          options,
        )
      ).pool,
    );
    await expect(dissect(model, images, { ...options, layers: ['poool'] })).rejects.toThrow(
      '"layers" expected the address of a layer, got "poool"; near: pool',
    );
    free(model);
  });

  test('a stop between images', async () => {
    const model = colorDetectors();
    const network = compile(model);
    const controller = new AbortController();
    const seen: string[] = [];
    const run = dissect(network, blocks(6), {
      layers: ['pool'],
      concepts: colors,
      batchSize: 1,
      signal: controller.signal,
      onProgress: ({ stage, done, total }) => {
        seen.push(`${stage} ${done}/${total}`);
        if (stage === 'tally' && done === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    expect(seen.slice(-2)).toEqual(['tally 1/6', 'tally 2/6']);
    network.dispose();
    free(model);
  });
});
