import { describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { positionSimilarity } from '../../../src/visualization/reading/positionSimilarity.ts';
import { semanticDictionary } from '../../../src/visualization/reading/semanticDictionary.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';

describe('semantic dictionary', () => {
  test('the units of each position, as sorting gives them', async () => {
    const model = classifier();
    const x = inputsOf(model, 3)[0] as NdArray;
    const { relu1 } = await activations(model, x, ['relu1']);
    const { units, values, greatest, start } = await semanticDictionary(model, x, { layer: 'relu1', count: 3 });
    expect(units.shape).toEqual([...relu1.shape.slice(0, 3), 3]);
    expect(values.shape).toEqual(units.shape);
    for (let place = 0; place < relu1.data.length / 4; place++) {
      const own = [...relu1.data.slice(place * 4, place * 4 + 4)];
      const order = [0, 1, 2, 3].sort((a, b) => (own[b] as number) - (own[a] as number) || a - b).slice(0, 3);
      expect([...units.data.slice(place * 3, place * 3 + 3)]).toEqual(order);
      expect([...values.data.slice(place * 3, place * 3 + 3)]).toEqual(order.map((unit) => own[unit]));
    }
    const maxima = [0, 1, 2, 3].map((unit) => Math.max(...relu1.data.filter((_, i) => i % 4 === unit)));
    expect([...greatest]).toEqual(maxima);
    const size = relu1.data.length / 3;
    start.forEach(([row, column], example) => {
      const own = relu1.data.slice(example * size, (example + 1) * size);
      const place = Math.floor(own.indexOf(Math.max(...own)) / 4);
      expect([row, column]).toEqual([Math.floor(place / 7), place % 7]);
    });
    free(model);
  });

  test('no more units than there are', async () => {
    const model = classifier();
    const x = inputsOf(model)[0] as NdArray;
    expect((await semanticDictionary(model, x, { layer: 'conv2' })).units.shape.at(-1)).toBe(3);
    free(model);
  });

  test.each([
    [{ layer: 'conv5' }, '"layer" expected the address of a layer, got "conv5"; near: conv1'],
    [{ layer: 'features' }, '"layer" expected a layer with rows and columns, "features" has shape'],
    [{ layer: 'conv2', count: 0 }, '"count" expected an integer of at least 1, got 0'],
    [{ layer: 'conv2', size: 2 }, '"options" expected some of'],
    [{}, '"layer" expected the address of a layer, got undefined'],
  ])('refuses %o', async (options, message) => {
    const model = classifier();
    const x = inputsOf(model)[0] as NdArray;
    await expect(semanticDictionary(model, x, options as never)).rejects.toThrow(message);
    free(model);
  });
});

describe('similarity of positions', () => {
  test('cosines, 0 for a vector of zeros', () => {
    const data = Float32Array.of(3, 4, 6, 8, -4, 3, 0, 0, -3, -4, 1, 0);
    const { shape, data: cosines } = positionSimilarity({ shape: [2, 3, 2], data });
    expect(shape).toEqual([2, 3, 2, 3]);
    expectNear(cosines.slice(0, 6), [1, 1, 0, 0, -1, 0.6], 1e-6);
    expectNear(cosines.slice(18, 24), [0, 0, 0, 0, 0, 0], 0);
    for (let p = 0; p < 6; p++) for (let q = 0; q < 6; q++) expect(cosines[p * 6 + q]).toBe(cosines[q * 6 + p]);
  });

  test('refuses what are no activations of an image', () => {
    const of = (array: object) => () => positionSimilarity(array as never);
    expect(of({ shape: [1, 2, 2, 2], data: new Float32Array(8) })).toThrow('"activations" expected rank 3');
    expect(of({ shape: [1, 1, 2], data: Float32Array.of(1, Number.NaN) })).toThrow('"activations" expected finite');
    expect(of({ shape: [200, 200, 1], data: new Float32Array(40000) })).toThrow('expected to need no array of more');
  });
});
