import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { type NdArray, rowOf } from '../../../src/numeric/ndarray.ts';
import { craft } from '../../../src/visualization/concepts/craft/craft.ts';
import type { Craft } from '../../../src/visualization/concepts/craft/types.ts';
import { nonNegativeFactors } from '../../../src/visualization/concepts/nonNegativeFactors.ts';
import { cosineOf, unitsShuffled } from '../../support/superposed.ts';
import { colorNetwork, colorPictures, mixing, side } from './plantedColors.ts';

const model: LayersModel = colorNetwork();
afterAll(() => model.dispose());
const pictures = colorPictures(6, 1);
// Crops of just one patch, and one place apart.
const options = { layer: 'pooled', target: 0, count: 5, patch: 8, stride: 8, samples: 256 } as const;
const found: Craft = await craft(model, pictures, options);

/** Which color each concept is, and how alike they are. */
const matches = found.directions.map(({ vector }) => {
  const cosines = [0, 1, 2, 3, 4].map((color) => cosineOf(vector, rowOf(mixing, color)));
  return { color: cosines.indexOf(Math.max(...cosines)), cosine: Math.max(...cosines) };
});

describe('craft finds planted concepts', () => {
  test('each color is a concept', () => {
    expect(matches.map(({ color }) => color).sort()).toEqual([0, 1, 2, 3, 4]);
    for (const { cosine } of matches) expect(cosine).toBeGreaterThan(0.99);
    expect(found.explained).toBeGreaterThan(0.99);
  });

  test('only those that the class depends on are important', () => {
    const importance = (color: number): number =>
      found.concepts[matches.findIndex((match) => match.color === color)]?.importance as number;
    expect(matches[0]?.color).toBe(0);
    expect(importance(0)).toBeGreaterThan(importance(2));
    expect(importance(2)).toBeGreaterThan(0.05);
    for (const other of [1, 3, 4]) expect(importance(other)).toBeLessThan(0.01);
  });

  test('the indices of an image are the shares of the variance of an additive score', () => {
    const [image, reds, blues] = [0, 2 * amount(0, 0), amount(0, 2)];
    const indices = rowOf(found.indices, image);
    const total = reds ** 2 + blues ** 2;
    matches.forEach(({ color }, concept) => {
      const share = color === 0 ? reds ** 2 / total : color === 2 ? blues ** 2 / total : 0;
      expect(Math.abs((indices[concept] as number) - share)).toBeLessThan(0.05);
    });
  });

  test('the best crops show the color and nothing else', () => {
    matches.forEach(({ color }, concept) => {
      for (const { image, box, weight } of (found.concepts[concept] as Craft['concepts'][0]).crops.slice(0, 3)) {
        expect(box).toMatchObject({ height: 8, width: 8 });
        expect(weight).toBeGreaterThan(0);
        expect(colorAt(image, box.top + 3, box.left + 3)).toBe(color);
      }
    });
  });

  test('the map of an image is where its colors are, and the concepts rebuild its score', () => {
    const [map] = found.maps as [NdArray, ...NdArray[]];
    expect(map.shape).toEqual([6, 6, 5]);
    for (let place = 0; place < 36; place++) {
      const own = rowOf({ shape: [36, 5], data: map.data }, place);
      const color = colorAt(0, 4 * Math.floor(place / 6) + 1, 4 * (place % 6) + 1);
      if (color < 0) expect(Math.max(...own)).toBeLessThan(1e-3);
      else expect(matches[own.indexOf(Math.max(...own))]?.color).toBe(color);
    }
    found.score.forEach((score, i) => {
      expect(Math.abs((found.rebuiltScore[i] as number) - score)).toBeLessThan(0.02 * Math.abs(score) + 1e-3);
    });
  });

  test('what is left of activations whose units are shuffled has no such parts', async () => {
    const { pooled } = await activations(model, pictures, ['pooled']);
    const positions = { shape: [pooled.data.length / 8, 8], data: pooled.data };
    const cosines = async (matrix: NdArray): Promise<number[]> => {
      const { parts } = await nonNegativeFactors(matrix, { count: 5 });
      return [0, 1, 2, 3, 4].map((color) =>
        Math.max(...[0, 1, 2, 3, 4].map((part) => cosineOf(rowOf(parts, part), rowOf(mixing, color)))),
      );
    };
    expect(Math.min(...(await cosines(positions)))).toBeGreaterThan(0.99);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(await cosines(unitsShuffled(positions)))).toBeLessThan(0.9);
  });
});

/** The number of a color that a picture has at a pixel, −1 where it is black. */
function colorAt(image: number, row: number, column: number): number {
  const at = ((image * side + row) * side + column) * 3;
  const [red, green, blue] = Array.from(pictures.data.subarray(at, at + 3), (value) => value > 0);
  return ['100', '010', '001', '110', '101'].indexOf([red, green, blue].map(Number).join(''));
}

/** How much of a color a picture holds, as the network sees it. */
function amount(image: number, color: number): number {
  let sum = 0;
  for (let pixel = 0; pixel < side * side; pixel++) {
    const at = (image * side * side + pixel) * 3;
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    if (colorAt(image, row, column) === color) sum += Math.max(...pictures.data.subarray(at, at + 3));
  }
  return sum;
}

describe('craft', () => {
  test('the same seed gives the same, however images come and are batched', async () => {
    const few = { ...options, samples: 8 };
    const first = await craft(model, pictures, few);
    const one = (image: number): NdArray => ({ shape: [side, side, 3], data: rowOf(pictures, image) });
    const again = await craft(model, [0, 1, 2, 3, 4, 5].map(one), { ...few, batchSize: 4 });
    expect(again.concepts.map(({ crops }) => crops)).toEqual(first.concepts.map(({ crops }) => crops));
    again.indices.data.forEach((value, i) => expect(value).toBeCloseTo(first.indices.data[i] as number, 4));
  });

  test('a layer without positions will do', async () => {
    const { maps, concepts } = await craft(model, pictures, { ...options, layer: 'head', count: 1, samples: 4 });
    expect(maps[0]?.shape).toEqual([1]);
    expect(concepts[0]?.importance).toBeGreaterThan(0.5);
  });

  const wrong: readonly (readonly [string, object, RegExp])[] = [
    [
      'a layer with negative activations',
      { layer: 'colors@preactivation' },
      /"layer" expected one without negative activations, as behind a ReLU, got "colors@preactivation" with -.* in image 0/,
    ],
    ['more concepts than crops', { count: 55 }, /"count" expected at most the 54 crops of the images, got 55/],
    ['a patch larger than the images', { patch: 25 }, /"patch" expected an integer in 1\.\.24, got 25/],
    ['a target of each image', { target: [0, 1] }, /"target" expected one and the same for all images/],
    ['an unknown layer', { layer: 'poled' }, /"layer" expected the address of a layer, got "poled"; near: pooled/],
    ['a misspelt option', { patches: 3 }, /"options" expected some of patch/],
  ];
  for (const [name, change, message] of wrong) {
    test(`refuses ${name}`, async () => {
      await expect(craft(model, pictures, { ...options, ...change })).rejects.toThrow(message);
    });
  }

  test('refuses images that activate nothing', async () => {
    const black = { shape: [2, side, side, 3], data: new Float32Array(2 * side * side * 3) };
    await expect(craft(model, black, options)).rejects.toThrow(/got zeros alone/);
  });

  test('stops', async () => {
    const controller = new AbortController();
    const stages = new Set<string>();
    const call = craft(model, pictures, {
      ...options,
      signal: controller.signal,
      onProgress: ({ stage }) => {
        stages.add(stage);
        if (stage === 'importance') controller.abort(new Error('enough'));
      },
    });
    await expect(call).rejects.toThrow('enough');
    expect([...stages]).toEqual(['crops', 'factors', 'importance']);
  });
});
