import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { activationGrid } from '../../../src/visualization/reading/activationGrid.ts';
import { chain, free, inputsOf, randomized } from '../../oracle/building.ts';
import { backend } from '../../support/backend.ts';
import { expectNear } from '../../support/near.ts';

function network(): LayersModel {
  return randomized(
    chain(
      [12, 12, 3],
      l.conv2d({ filters: 6, kernelSize: 3, strides: 2, activation: 'relu', name: 'first' }),
      l.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', name: 'second' }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 3, name: 'head' }),
    ),
    3,
  );
}

const options = { layer: 'second', range: [-1, 1], cellSize: 12, groups: 2 } as const;

test('an icon for each position makes the layer look as it does there', async () => {
  const model = network();
  const x = inputsOf(model, 1)[0] as NdArray;
  const { icons, magnitudes, layer } = await activationGrid(model, x, { ...options, steps: 40, transforms: [] });
  expect(layer).toBe('second');
  expect(icons.shape).toEqual([1, 3, 3, 8, 8, 3]);
  expect(icons.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  const { second } = await activations(model, x, ['second']);
  const vector = (place: number): Float32Array => second.data.slice(place * 8, (place + 1) * 8);
  expectNear(
    magnitudes.data,
    Array.from({ length: 9 }, (_, place) => Math.hypot(...vector(place))),
    1e-5,
  );
  // What the layer makes of the icons, which are smaller than the input, is looked at in the middle of a grey picture.
  const { second: seen } = await activations(model, placed(icons), ['second']);
  const { second: blank } = await activations(model, placed({ ...icons, data: icons.data.map(() => 0.5) }), ['second']);
  for (let place = 0; place < 9; place++) {
    const along = (maps: NdArray): number =>
      maps.data
        .slice(place * 72, (place + 1) * 72)
        .reduce((sum, value, i) => sum + value * (vector(place)[i % 8] as number), 0);
    if ((magnitudes.data[place] as number) > 0.1) expect(along(seen)).toBeGreaterThan(along(blank));
  }
  free(model);
});

/** Icons 8 × 8 of 0 to 1 in the middle of grey pictures 12 × 12 of −1 to 1. */
function placed({ data }: NdArray): NdArray {
  const pictures = new Float32Array(9 * 12 * 12 * 3);
  data.forEach((value, i) => {
    const [icon, pixel, channel] = [Math.floor(i / 192), Math.floor((i % 192) / 3), i % 3];
    const [row, column] = [2 + Math.floor(pixel / 8), 2 + (pixel % 8)];
    pictures[((icon * 12 + row) * 12 + column) * 3 + channel] = 2 * value - 1;
  });
  return { shape: [9, 12, 12, 3], data: pictures };
}

test('the same seed gives the same bits, whatever other examples there are, and another one others', async () => {
  const model = network();
  const x = inputsOf(model, 2)[0] as NdArray;
  const first = { shape: [1, ...x.shape.slice(1)], data: x.data.slice(0, x.data.length / 2) };
  const done: string[] = [];
  const run = { ...options, steps: 3, perStep: 4 };
  const both = await activationGrid(model, x, {
    ...run,
    onProgress: (progress) => done.push(`${progress.stage} ${progress.done}/${progress.total}`),
  });
  expect(both.icons.shape).toEqual([2, 3, 3, 8, 8, 3]);
  expect(done).toEqual([1, 2, 3, 4, 5, 6].map((step) => `activationGrid ${step}/6`));
  const one = await activationGrid(model, first, run);
  const same = await activationGrid(model, first, run);
  expect(same.icons.data).toEqual(one.icons.data);
  // GPUs round sums of a batch otherwise than those of one example.
  const tolerance = ['cpu', 'wasm'].includes(backend) ? 0 : 1e-4;
  expectNear(one.icons.data, both.icons.data.slice(0, one.icons.data.length), tolerance);
  const other = await activationGrid(model, first, { ...run, seed: 1 });
  expect(other.icons.data).not.toEqual(one.icons.data);
  free(model);
});

test('an abort stops it', async () => {
  const model = network();
  const x = inputsOf(model, 1)[0] as NdArray;
  const controller = new AbortController();
  const call = activationGrid(model, x, {
    ...options,
    signal: controller.signal,
    onProgress: ({ done }) => {
      if (done === 2) controller.abort(new Error('enough'));
    },
  });
  await expect(call).rejects.toThrow('enough');
  free(model);
});

test.each([
  [{ layer: 'third' }, '"layer" expected the address of a layer, got "third"'],
  [{ layer: 'head' }, '"layer" expected a layer with rows and columns'],
  [{ range: undefined }, '"preprocessing" expected a preset'],
  [{ cellSize: 4 }, '"cellSize" expected an integer of at least 5'],
  [{ groups: 0 }, '"groups" expected an integer of at least 1'],
  [{ perStep: 0 }, '"perStep" expected an integer of at least 1'],
])('refuses %o', async (wrong, message) => {
  const model = network();
  const x = inputsOf(model, 1)[0] as NdArray;
  await expect(activationGrid(model, x, { ...options, steps: 1, ...wrong } as never)).rejects.toThrow(message);
  free(model);
});
