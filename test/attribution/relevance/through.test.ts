import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { composites, excitationBackprop, type LrpOptions, lrp, rules } from '../../../src/attribution/index.ts';
import { activations } from '../../../src/network/activations.ts';
import { compile } from '../../../src/network/compile.ts';
import { loadNetwork } from '../../../src/network/loadNetwork.ts';
import type { Model } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { ExplainOptions } from '../../../src/scoring/types.ts';
import { chain, free, inputsOf, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';
import { jsonSource, readArrays } from '../../support/kerasModels.ts';
import { modelOf } from '../../support/modelOf.ts';
import { fixtureModel } from '../../support/models.ts';

type Options = ExplainOptions & LrpOptions;

function sumOf(maps: readonly NdArray[]): NdArray {
  const [{ shape, data }] = maps as [NdArray];
  return { shape, data: data.map((_, i) => maps.reduce((sum, map) => sum + (map.data[i] as number), 0)) };
}

/** The sum of the conditional maps of all units of a layer. */
async function overUnits(
  model: Model,
  x: NdArray,
  { layer, units, ...options }: Omit<Options, 'layer'> & { readonly layer: string; readonly units: number },
): Promise<NdArray> {
  const maps: NdArray[] = [];
  for (let unit = 0; unit < units; unit++)
    maps.push((await lrp(model, x, { ...options, through: { layer, unit } })).values);
  return sumOf(maps);
}

/** Layers through which everything passes: before and after what is merged with them, fused ReLUs included. */
const separating: readonly (readonly [network: string, layer: string])[] = [
  ['vgg-tiny', 'conv1@preactivation'],
  ['vgg-tiny', 'conv1'],
  ['vgg-tiny', 'conv2'],
  ['vgg-tiny', 'pool1'],
  ['vgg-tiny', 'fc1'],
  ['bn-residual-tiny', 'stem_conv'],
  ['bn-residual-tiny', 'stem_bn'],
  ['bn-residual-tiny', 'stem_relu'],
  ['bn-residual-tiny', 'b1_out'],
  ['mobile-tiny', 'dw1'],
  ['mobile-tiny', 'dw1_bn'],
  ['mobile-tiny', 'pw1_relu'],
  ['mobile-tiny', 'pw2_bn'],
  ['mobile-tiny', 'ir_add'],
  ['mobile-tiny', 'conv_last'],
  ['inception-tiny', 'mixed'],
  ['inception-tiny', 'conv_mix@preactivation'],
];

test.each(separating)('%s: the maps of all units of %s sum to the map without condition', async (name, layer) => {
  const network = compile(await fixtureModel(name));
  const [x] = inputsOf(modelOf(network), 2) as [NdArray];
  const units = network.site(layer).shape.at(-1) as number;
  const options = { composite: composites.epsilonPlusFlat() };
  const { values } = await lrp(network, x, options);
  await expectClose(await overUnits(network, x, { ...options, layer, units }), values, { tolerance: 1e-4, floor: 0 });
  network.dispose();
  modelOf(network).dispose();
});

test('branches side by side sum to the map together, and none holds what passes the other', async () => {
  const network = compile(await fixtureModel('bn-residual-tiny'));
  const [x] = inputsOf(modelOf(network), 2) as [NdArray];
  const [branch, skip] = await Promise.all(
    ['b1_conv2', 'b1_projbn'].map((layer) => overUnits(network, x, { layer, units: 12 })),
  );
  await expectClose(sumOf([branch, skip] as NdArray[]), (await lrp(network, x)).values, { tolerance: 1e-4, floor: 0 });
  network.dispose();
  modelOf(network).dispose();
});

test('what goes around a layer by a residual connection belongs to no unit of it', async () => {
  const model = await fixtureModel('mobile-tiny');
  const [x] = inputsOf(model, 1) as [NdArray];
  const { values } = await lrp(model, x);
  const branch = await overUnits(model, x, { layer: 'ir_expand_bn', units: 24 });
  // The share of the connection in the sum: R · pw2 / (pw2 + project), passed on from there.
  const { values: relevance } = await lrp(model, x, { layer: 'ir_add' });
  const { ir_add } = await activations(model, x, ['ir_add']);
  const quotient = tf.tensor(
    relevance.data.map((value, i) => {
      const sum = ir_add.data[i] as number;
      return value / (sum + (sum < 0 ? -1e-6 : 1e-6));
    }),
    [...relevance.shape],
  );
  const target = {
    layers: ['pw2_bn'],
    score: ([skip]: readonly tf.Tensor[]) => tf.sum(tf.mul(skip as tf.Tensor, quotient), [1, 2, 3]),
  };
  const { values: around } = await lrp(model, x, { target });
  await expectClose(sumOf([branch, around]), values, { tolerance: 1e-4, floor: 0 });
  expect(Math.max(...around.data.map(Math.abs))).toBeGreaterThan(0.01 * Math.max(...values.data.map(Math.abs)));
  quotient.dispose();
  model.dispose();
});

test('the same of a GraphModel, whose layers are its nodes', async () => {
  const network = await loadNetwork(await jsonSource('keras/graphs/resnet/model.json'));
  const { x } = await readArrays('keras/graphs/resnet', ['x']);
  const picture: NdArray = { shape: [1, 48, 48, 3], data: x.data.slice(0, 48 * 48 * 3) };
  const { values } = await lrp(network, picture);
  for (const layer of ['resnet/conv1_relu/Relu@preactivation', 'resnet/conv1_relu/Relu']) {
    const maps: NdArray[] = [];
    for (const first of [0, 16, 32, 48]) {
      const unit = Array.from({ length: 16 }, (_, i) => first + i);
      maps.push((await lrp(network, picture, { through: { layer, unit } })).values);
    }
    await expectClose(sumOf(maps), values, { tolerance: 1e-4, floor: 0 });
  }
  network.dispose();
});

/** Dense layers without biases: LRP-0 of units on the way i → j → k → c is the product of input and weights. */
function threeLayers() {
  const dense = (units: number, name: string, activation?: 'relu') =>
    l.dense({ units, name, useBias: false, ...(activation && { activation }) });
  return randomized(chain([4], dense(5, 'one', 'relu'), dense(3, 'two', 'relu'), dense(2, 'three')), 2);
}

test('several conditions hold together, and any unit of one layer will do', async () => {
  const model = threeLayers();
  const [x] = inputsOf(model, 3) as [NdArray];
  const [w1, w2, w3] = await Promise.all(model.weights.map((weight) => weight.read().array() as Promise<number[][]>));
  const { one, two } = await activations(model, x, ['one', 'two']);
  const at = (matrix: number[][] | undefined, i: number, j: number): number => matrix?.[i]?.[j] as number;
  const expected = (js: readonly number[], ks: readonly number[]): NdArray => ({
    shape: [3, 4],
    data: Float32Array.from({ length: 12 }, (_, place) => {
      const [n, i] = [Math.floor(place / 4), place % 4];
      const isOn = (j: number, k: number) => (one.data[n * 5 + j] as number) > 0 && (two.data[n * 3 + k] as number) > 0;
      return js
        .flatMap((j) => ks.map((k) => (isOn(j, k) ? at(w1, i, j) * at(w2, j, k) * at(w3, k, 1) : 0)))
        .reduce((sum, product) => sum + product * (x.data[place] as number), 0);
    }),
  });
  const options = { composite: composites.uniform(rules.zero()), target: 1 };
  const conditional = async (through: NonNullable<Options['through']>) =>
    (await lrp(model, x, { ...options, through })).values;
  const all = { j: [0, 1, 2, 3, 4], k: [0, 1, 2] };
  for (const j of all.j) await expectClose(await conditional({ layer: 'one', unit: j }), expected([j], all.k));
  await expectClose(await conditional({ layer: 'two@preactivation', unit: [0, 2] }), expected(all.j, [0, 2]));
  const both = [
    { layer: 'one', unit: [1, 3] },
    { layer: 'two', unit: 2 },
  ];
  await expectClose(await conditional(both), expected([1, 3], [2]));
  await expectClose(await conditional([...both].reverse()), expected([1, 3], [2]));
  await expectClose(
    await conditional([
      { layer: 'one', unit: [1, 3] },
      { layer: 'one', unit: [3, 4] },
    ]),
    expected([3], all.k),
  );
  free(model);
});

test('a place, and a unit at a place', async () => {
  const network = compile(await fixtureModel('vgg-tiny'));
  const [x] = inputsOf(modelOf(network), 2) as [NdArray];
  const layer = 'pool2';
  const maps: NdArray[] = [];
  for (let place = 0; place < 16; place++) {
    const position = [Math.floor(place / 4), place % 4] as const;
    maps.push((await lrp(network, x, { through: { layer, position } })).values);
  }
  await expectClose(sumOf(maps), (await lrp(network, x)).values, { tolerance: 1e-4, floor: 0 });
  // At the layer itself the conditional map is the relevance there, masked.
  const { values } = await lrp(network, x, { layer });
  const masked = await lrp(network, x, { layer, through: { layer, unit: 3, position: [2, 1] } });
  const chosen = (i: number): boolean => i % (16 * 12) === (2 * 4 + 1) * 12 + 3;
  expect(Array.from(masked.values.data, (value) => value + 0)).toEqual(
    [...values.data].map((value, i) => (chosen(i) ? value + 0 : 0)),
  );
  network.dispose();
  modelOf(network).dispose();
});

test('excitation backprop, plain and contrastive, by units', async () => {
  const network = compile(await fixtureModel('vgg-tiny'));
  const [x] = inputsOf(modelOf(network), 2) as [NdArray];
  for (const contrastive of [false, true]) {
    const { values } = await excitationBackprop(network, x, { contrastive });
    const maps: NdArray[] = [];
    for (let unit = 0; unit < 12; unit++) {
      maps.push((await excitationBackprop(network, x, { contrastive, through: { layer: 'conv3', unit } })).values);
    }
    await expectClose(sumOf(maps), values, { tolerance: 1e-4, floor: 0 });
  }
  // The contrast at a layer is rectified as it is without a condition below it.
  const contrastive = { layer: 'fc1' };
  const { values } = await excitationBackprop(network, x, { contrastive });
  const all = Array.from({ length: 12 }, (_, unit) => unit);
  const through = [
    { layer: 'fc1', unit: Array.from({ length: 24 }, (_, unit) => unit) },
    { layer: 'conv3', unit: all },
  ];
  await expectClose((await excitationBackprop(network, x, { contrastive, through })).values, values, { floor: 0 });
  network.dispose();
  modelOf(network).dispose();
});

test('what a condition may not be', async () => {
  const model = await fixtureModel('bn-residual-tiny');
  const [x] = inputsOf(model, 1) as [NdArray];
  const wrong: [through: unknown, message: RegExp][] = [
    [{ layer: 'stem', unit: 0 }, /"through.layer" expected the address of a layer, got "stem"; near: stem_/],
    [[{ layer: 'stem_bn', unit: 8 }], /"through\[0\].unit" expected an integer in 0..7, got 8/],
    [{ layer: 'stem_bn', unit: [] }, /"through.unit" expected a list with elements/],
    [{ layer: 'stem_bn', unit: [1, 0.5] }, /"through.unit\[1\]" expected an integer in 0..7, got 0.5/],
    [{ layer: 'stem_bn', position: [20, 0] }, /"through.position\[0\]" expected an integer in 0..19/],
    [{ layer: 'stem_bn' }, /"through" expected a layer and its unit, position or both, got a layer alone/],
    [{ layer: 'stem_bn', units: [1] }, /"through" expected a layer and its unit, position or both, got "units"/],
    [[], /"through" expected a list with elements/],
    ['stem_bn', /"through" expected a plain object, got "stem_bn"/],
    [
      [
        { layer: 'b1_bn2', unit: 1 },
        { layer: 'b1_projbn', unit: 1 },
      ],
      /"through" expected layers one after the other .* got "b1_projbn", which does not depend on "b1_bn2"/,
    ],
  ];
  for (const [through, message] of wrong) {
    await expect(lrp(model, x, { through } as Options)).rejects.toThrow(message);
  }
  const through = { layer: 'b2_bn1', unit: 0 };
  await expect(lrp(model, x, { through, layer: 'b2_out' })).rejects.toThrow(/got "b2_bn1", which does not depend on/);
  await expect(lrp(model, x, { through, target: { layer: 'stem_bn', unit: 0 } })).rejects.toThrow(
    /does not depend on "b2_bn1"/,
  );
  model.dispose();
});
