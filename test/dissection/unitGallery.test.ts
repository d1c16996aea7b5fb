import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test, vi } from 'vitest';
import { topImages } from '../../src/dissection/images/topImages.ts';
import { unitGallery } from '../../src/dissection/images/unitGallery.ts';
import { fromInput } from '../../src/image/fromInput.ts';
import { activations } from '../../src/network/activations.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';

const side = 9;

function network(): ReturnType<typeof chain> {
  return randomized(
    chain(
      [side, side, 3],
      l.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', name: 'first' }),
      l.conv2d({ filters: 4, kernelSize: 2, activation: 'relu', name: 'last' }),
      l.flatten(),
      l.dense({ units: 2, name: 'head' }),
    ),
  );
}

function separate({ shape, data }: NdArray): { image: NdArray }[] {
  const size = data.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, i) => ({
    image: { shape: shape.slice(1), data: data.slice(i * size, (i + 1) * size) },
  }));
}

const scale = { range: [-2, 2] } as const;

test('the top images of every layer with their activations, in two readings', async () => {
  const model = network();
  const [x] = inputsOf(model, 7) as [NdArray];
  const images = separate(x);
  const all = await activations(model, x, ['first', 'last']);
  const begun = vi.fn(() => images);
  const gallery = await unitGallery(model, begun, { layers: ['first', 'last'], scale, count: 3, batchSize: 2 });
  expect(begun).toHaveBeenCalledTimes(2);
  for (const layer of ['first', 'last'] as const) {
    const { units } = gallery.layers[layer];
    expect(units).toEqual(await topImages(model, [x], { layer, count: 3 }));
    const [, height, width, channels] = all[layer].shape as [number, number, number, number];
    units.forEach((own, unit) => {
      for (const { image, map } of own) {
        const expected = Array.from(
          { length: height * width },
          (_, place) => all[layer].data[(image * height * width + place) * channels + unit] as number,
        );
        expect([map.shape, [...map.data]]).toEqual([[height, width], expected]);
      }
    });
  }
  free(model);
});

test('the pictures that are needed, and no others', async () => {
  const model = network();
  const [x] = inputsOf(model, 8) as [NdArray];
  const { layers, pictures } = await unitGallery(model, separate(x), { layers: ['last'], count: 1, scale });
  const needed = [...new Set(layers.last.units.flat().map(({ image }) => image))].sort((a, b) => a - b);
  expect(needed.length).toBeLessThan(8);
  expect(Object.keys(pictures).map(Number)).toEqual(needed);
  for (const image of needed) expect(pictures[image]).toEqual(fromInput(x, { ...scale, example: image }));
  free(model);
});

test('positions lie at the centres of receptive fields, or where they are said to', async () => {
  const model = network();
  const images = separate(inputsOf(model, 2)[0] as NdArray);
  const { layers } = await unitGallery(model, images, { layers: ['first', 'last'], scale });
  // Row 0 of `first` sees rows −1, 0 and 1; `last` two rows of it.
  expect(layers.first.upsampling).toEqual({ centre: [0, 0], jump: [2, 2], imageSize: [side, side] });
  expect(layers.last.upsampling).toEqual({ centre: [1, 1], jump: [2, 2], imageSize: [side, side] });
  const filled = await unitGallery(model, images, { layers: ['last'], scale, upsampling: 'fill' });
  expect(filled.layers.last.upsampling).toBe('fill');
  free(model);
});

test('progress and abort', async () => {
  const model = network();
  const images = separate(inputsOf(model, 4)[0] as NdArray);
  const stages: string[] = [];
  await unitGallery(model, images, { layers: ['last'], scale, onProgress: ({ stage }) => stages.push(stage) });
  expect([...new Set(stages)]).toEqual(['topImages', 'pictures']);
  const controller = new AbortController();
  const onProgress = ({ stage }: { stage: string }): void => {
    if (stage === 'pictures') controller.abort(new Error('enough'));
  };
  const { signal } = controller;
  await expect(unitGallery(model, images, { layers: ['last'], scale, signal, onProgress })).rejects.toThrow('enough');
  free(model);
});

test.each<[object, string]>([
  [{ layers: [] }, '"layers" expected a list with elements, got []'],
  [{ layers: ['lst'] }, '"layers" expected the address of a layer, got "lst"; near: last'],
  [{ layers: ['head'] }, '"layers" expected layers with rows and columns, got "head"'],
  [{ layers: ['last'], count: 0 }, '"count" expected an integer of at least 1, got 0'],
  [
    { layers: ['last'], upsampling: { centre: 0, jump: 0, imageSize: 9 } },
    '"upsampling.jump" expected a finite number of at least',
  ],
  [{ layers: ['last'], scale: { range: [1, 0] } }, '"range" expected [low, high] with low < high'],
  [{ layers: ['last'], scale: undefined }, '"scale" expected an object, got undefined'],
])('unitGallery(model, images, %o) is refused', async (options, message) => {
  const model = network();
  const images = separate(inputsOf(model, 2)[0] as NdArray);
  await expect(unitGallery(model, images, { scale, ...options } as never)).rejects.toThrow(message);
  await expect(unitGallery(model, [], { layers: ['last'], scale })).rejects.toThrow('"images" expected at least one');
  free(model);
});
