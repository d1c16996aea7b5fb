import { describe, expect, test } from 'vitest';
import { dissect } from '../../../src/dissection/dissect.ts';
import { topImages } from '../../../src/dissection/images/topImages.ts';
import { directionDissection } from '../../../src/dissection/rotation/directionDissection.ts';
import { compile } from '../../../src/network/compile.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { directionsOf } from '../../../src/scoring/directions.ts';
import { scores } from '../../../src/scoring/scores.ts';
import type { Direction } from '../../../src/scoring/types.ts';
import { objectives, visualize } from '../../../src/visualization/index.ts';
import { evaluated } from '../../support/evaluated.ts';
import { concepts } from '../../support/labelled.ts';
import { smallImages, smallNetwork } from '../../support/smallNetwork.ts';

// What points along an axis is a unit, so that all that takes directions can be compared with what takes units.
const direction: Direction = { layer: 'conv', vector: [0, 0, 0, 0, 1, 0] };
const unit = 4;
const matrix = { shape: [1, 6], data: Float32Array.of(0, 0, 0, 0, 1, 0) };
const images = smallImages(6);
const first = images[0]?.image as NdArray;
const x = { shape: [1, ...first.shape], data: first.data };

describe('one direction', () => {
  test('in topImages', async () => {
    const model = smallNetwork();
    const wanted = await topImages(model, images, { layer: 'conv', unit, count: 3 });
    for (const given of [direction, [direction], matrix]) {
      expect(await topImages(model, images, { layer: 'conv', direction: given, count: 3 })).toEqual(wanted);
    }
    model.dispose();
  });

  test('in directionDissection', async () => {
    const model = smallNetwork();
    const options = { concepts, quantile: 0.1 };
    const wanted = (await dissect(model, images, { ...options, layers: ['conv'] })).conv.units[unit];
    for (const directions of [direction, [direction], matrix]) {
      const { units } = await directionDissection(model, images, { ...options, layer: 'conv', directions });
      expect(units).toEqual([{ ...wanted, unit: 0 }]);
    }
    model.dispose();
  });

  test('as a target, and as an objective', async () => {
    const model = smallNetwork();
    const network = compile(model);
    const { values } = await scores(model, x, { target: { layer: 'conv', unit } });
    expect((await scores(model, x, { target: direction })).values[0]).toBeCloseTo(values[0] as number, 5);
    const made = await evaluated(network, objectives.direction(direction), x);
    expect(made.score.data[0]).toBeCloseTo(values[0] as number, 5);
    network.dispose();
    model.dispose();
  });

  test('in visualize', async () => {
    const model = smallNetwork();
    const options = { range: [0, 1], steps: 3, transforms: [] } as const;
    const [found, wanted] = await Promise.all(
      [direction, { layer: 'conv', unit }].map((objective) => visualize(model, objective, options)),
    );
    found?.objective.data.forEach((value, i) => expect(value).toBeCloseTo(wanted?.objective.data[i] as number, 3));
    model.dispose();
  });
});

describe('directions', () => {
  test('are the rows of a matrix', () => {
    const vectors = { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
    expect(directionsOf('some', vectors)).toEqual([
      { layer: 'some', vector: Float32Array.of(1, 2, 3) },
      { layer: 'some', vector: Float32Array.of(4, 5, 6) },
    ]);
    expect(() => directionsOf(3 as never, vectors)).toThrow('"layer" expected the address of a layer, got 3');
    expect(() => directionsOf('some', { shape: [6], data: vectors.data })).toThrow('"vectors" expected rank 2');
  });

  const wrong: readonly (readonly [string, unknown, string])[] = [
    [
      'one of another layer',
      { ...direction, layer: 'head' },
      '"direction" expected one of layer "conv", got one of "head"',
    ],
    ['too few numbers', { ...direction, vector: [1, 2] }, '"direction" expected 6 numbers, got 2'],
    ['zeros', { ...direction, vector: [0, 0, 0, 0, 0, 0] }, '"direction.vector" expected numbers that are not all 0'],
    [
      'NaN',
      [direction, { ...direction, vector: [0, 0, Number.NaN, 0, 0, 0] }],
      '"direction[1].vector" expected finite numbers',
    ],
    ['no vector', { layer: 'conv' }, '"direction.vector" expected'],
    ['none', [], '"direction" expected at least one direction, got none'],
    [
      'a matrix of another width',
      { shape: [1, 2], data: new Float32Array(2) },
      '"direction" expected shape [d, 6], got [1, 2]',
    ],
  ];
  for (const [name, given, message] of wrong) {
    test(`refuses ${name}`, async () => {
      const model = smallNetwork();
      const call = topImages(model, images, { layer: 'conv', direction: given as Direction });
      await expect(call).rejects.toThrow(message);
      model.dispose();
    });
  }
});
