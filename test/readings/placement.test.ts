import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { axesOf } from '../../src/dissection/masks/axes.ts';
import { compile } from '../../src/network/compile.ts';
import {
  assertLayerUpsampling,
  assertUpsampling,
  fieldPlacement,
  imageSizeOf,
  pixelsAlong,
  upsamplingOf,
} from '../../src/readings/placement.ts';
import { chain, free } from '../oracle/building.ts';

/** Strides of 2 with half of the padding on each side: position i looks at pixels 2i − 1 to 2i + 1. */
function strided(): ReturnType<typeof chain> {
  return chain(
    [9, 13, 1],
    l.conv2d({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', name: 'conv' }),
    l.conv2d({ filters: 1, kernelSize: [1, 3], strides: [1, 2], name: 'wide' }),
    l.globalAveragePooling2d({ name: 'mean' }),
    l.reshape({ targetShape: [1, 1, 1], name: 'point' }),
    l.conv2d({ filters: 1, kernelSize: 1, name: 'last' }),
  );
}

test('positions lie at the centres of their receptive fields, a jump apart', () => {
  const model = strided();
  const network = compile(model);
  expect(imageSizeOf(network)).toEqual([9, 13]);
  expect(fieldPlacement(network, 'conv', [9, 13])).toEqual({ centre: [0, 0], jump: [2, 2], imageSize: [9, 13] });
  // The middle one of three columns of the layer before: 0 + 1 · 2, and every second of these.
  expect(fieldPlacement(network, 'wide', [9, 13])).toEqual({ centre: [0, 2], jump: [2, 4], imageSize: [9, 13] });
  network.dispose();
  free(model);
});

test('a layer of one row or column lies everywhere in that direction', () => {
  const model = strided();
  const network = compile(model);
  expect(fieldPlacement(network, 'last', [9, 13])).toMatchObject({ centre: [4, 6], jump: [9, 13] });
  network.dispose();
  free(model);
});

test('receptive fields are the default where a model is known; what is given stays', () => {
  const model = strided();
  const network = compile(model);
  const fields = fieldPlacement(network, 'conv', [9, 13]);
  expect(upsamplingOf(network, 'conv')).toEqual(fields);
  expect(upsamplingOf(network, 'conv', 'receptiveField')).toEqual(fields);
  expect(upsamplingOf(network, 'conv', 'fill')).toBe('fill');
  const given = { centre: 3, jump: 1, imageSize: 8 };
  expect(upsamplingOf(network, 'conv', given)).toBe(given);
  network.dispose();
  free(model);
});

test('a model that leaves its input size open has no fields to lie at', () => {
  const model = chain([null, null, 1] as never, l.conv2d({ filters: 1, kernelSize: 3, name: 'conv' }));
  const network = compile(model);
  expect(imageSizeOf(network)).toBeUndefined();
  expect(() => upsamplingOf(network, 'conv')).toThrow('"upsampling" expected "fill" or {centre, jump, imageSize}');
  expect(upsamplingOf(network, 'conv', 'fill')).toBe('fill');
  network.dispose();
  free(model);
});

test('pixels of rows and columns', () => {
  const grid = { size: [3, 2], centre: [1.5, -2], jump: [4, 0.5] } as const;
  expect([...pixelsAlong(grid, 0)]).toEqual([1.5, 5.5, 9.5]);
  expect([...pixelsAlong(grid, 1)]).toEqual([-2, -1.5]);
});

test('pixels between positions: half-pixel centres where they fill, their places where these are told', () => {
  const [rows] = axesOf('fill', [2, 2], [4, 4]);
  // (pixel + ½) · 2/4 − ½ is −¼, ¼, ¾, 1¼, and no less than 0 or more than 1.
  expect([...rows.before]).toEqual([0, 0, 0, 1]);
  expect([...rows.fraction]).toEqual([0, 0.25, 0.75, 0]);
  const [, columns] = axesOf({ centre: [0, 1], jump: [1, 2], imageSize: [4, 4] }, [4, 2], [4, 4]);
  // (pixel − 1)/2.
  expect([...columns.before]).toEqual([0, 0, 0, 1]);
  expect([...columns.fraction]).toEqual([0, 0, 0.5, 0]);
});

test.each<[unknown, string]>([
  [undefined, '"upsampling" expected "fill" or {centre, jump, imageSize}, got undefined'],
  [null, '"upsampling" expected "fill" or {centre, jump, imageSize}, got null'],
  ['field', '"upsampling" expected "fill" or {centre, jump, imageSize}, got "field"'],
  [{ jump: 1, imageSize: 4 }, '"upsampling.centre" expected a number or [rows, columns], got undefined'],
  [{ centre: 0, jump: 0, imageSize: 4 }, '"upsampling.jump" expected a finite number of at least'],
  [{ centre: 0, jump: [1], imageSize: 4 }, '"upsampling.jump" expected a number or [rows, columns], got [1]'],
  [{ centre: [0, Number.NaN], jump: 1, imageSize: 4 }, '"upsampling.centre" expected a finite number, got NaN'],
  [{ centre: 0, jump: 1, imageSize: [4, 0] }, '"upsampling.imageSize" expected a finite number of at least 1, got 0'],
])('%o says nothing of where positions lie', (upsampling, message) => {
  expect(() => assertUpsampling('upsampling', upsampling)).toThrow(message);
  expect(() => assertLayerUpsampling('upsampling', upsampling)).toThrow(message);
});

test('the words that say it', () => {
  expect(() => assertUpsampling('upsampling', 'fill')).not.toThrow();
  expect(() => assertUpsampling('upsampling', 'receptiveField')).toThrow('"upsampling" expected');
  expect(() => assertLayerUpsampling('upsampling', 'receptiveField')).not.toThrow();
});
