import { input, type LayersModel, layers, model as modelOf, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradCam } from '../../../src/attribution/cam/gradCam.ts';
import { activations } from '../../../src/network/activations.ts';
import { compile } from '../../../src/network/compile.ts';
import { summary } from '../../../src/network/summary.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { apply, chain, free, inputsOf, type Layer, randomized } from '../../oracle/building.ts';
import { modelOf as ownerOf } from '../../support/modelOf.ts';

const scale = (factor: number, name: string): Layer => layers.rescaling({ scale: factor, name });

/** Each layer multiplies by a prime of its own, so that a value tells where it was read. */
const alike: readonly [string, () => LayersModel, Readonly<Record<string, number>>][] = [
  [
    'a layer outer/inner beside a model outer with a layer inner',
    () => chain([1], named('outer', scale(2, 'inner')), scale(3, 'outer/inner')),
    { outer: 2, 'outer//inner': 2, 'outer/inner': 6 },
  ],
  [
    'the same, the layer first',
    () => chain([1], scale(3, 'outer/inner'), named('outer', scale(2, 'inner'))),
    { 'outer/inner': 3, outer: 6, 'outer//inner': 6 },
  ],
  [
    'two models whose layers would be spelled alike',
    () => chain([1], named('a', scale(2, 'b/c')), named('a/b', scale(3, 'c'))),
    { 'a/b/c': 2, a: 2, 'a/b//c': 6, 'a/b': 6 },
  ],
  [
    'three levels',
    () =>
      chain(
        [1],
        named('a', named('b', scale(2, 'c')), scale(3, 'b/c')),
        named('a/b', scale(5, 'c')),
        scale(7, 'a/b/c'),
      ),
    { 'a//b//c': 2, 'a//b': 2, 'a//b/c': 6, a: 6, 'a/b//c': 30, 'a/b': 30, 'a/b/c': 210 },
  ],
];

function named(name: string, ...inner: Layer[]): Layer {
  const x = input({ shape: [1] });
  return modelOf({ inputs: x, outputs: inner.reduce((value, layer) => apply(layer, value), x), name });
}

describe('addresses of which two would be spelled alike', () => {
  test.each(alike)('%s', async (_name, build, expected) => {
    const model = build();
    const x = { shape: [1, 1], data: Float32Array.of(1) };
    const found = await activations(model, x, Object.keys(expected));
    expect(Object.fromEntries(Object.entries(found).map(([address, { data }]) => [address, data[0]]))).toEqual(
      expected,
    );
    const rows = summary(model).layers.map(({ address }) => address);
    expect(new Set(rows).size).toBe(rows.length);
    const network = compile(model);
    const addresses = network.operations.map(({ address }) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
    network.dispose();
    free(model);
  });

  test('the default layer of a CAM is the last convolution', async () => {
    const encoder = sequential({
      name: 'enc',
      layers: [layers.conv2d({ filters: 2, kernelSize: 3, name: 'c', inputShape: [8, 8, 1] })],
    });
    const deep = layers.conv2d({ filters: 3, kernelSize: 3, name: 'enc/c' });
    const model = randomized(
      chain(
        [8, 8, 1],
        encoder as unknown as Layer,
        deep,
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 2 }),
      ),
    );
    const { layer, values } = await gradCam(model, inputsOf(model, 1)[0] as NdArray, { size: 'layer' });
    expect([layer, values.shape]).toEqual(['enc/c', [1, 4, 4]]);
    const weights = summary(model).layers.map(({ address, parameterCount }) => [address, parameterCount]);
    expect(weights).toEqual(
      expect.arrayContaining([
        ['enc//c', 20],
        ['enc/c', 57],
      ]),
    );
    free(model);
  });
});

test('names with marks that collide with nothing stay as they are', () => {
  const network = compile(
    chain([1], scale(2, 'block/conv'), scale(2, 'block/conv/relu'), named('block', scale(2, 'other'))),
  );
  expect([...network.graph.sites.keys()].slice(1)).toEqual(['block/conv', 'block/conv/relu', 'block/other', 'block']);
  free(ownerOf(network));
  network.dispose();
});
