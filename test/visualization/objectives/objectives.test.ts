import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/network/compile.ts';
import type { Network } from '../../../src/network/network.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { adam } from '../../../src/optimization/adam.ts';
import * as objectives from '../../../src/visualization/objectives/index.ts';
import type { Objective } from '../../../src/visualization/objectives/objective.ts';
import { chain, conv, free, randomized } from '../../oracle/building.ts';
import * as oracle from '../../oracle/objectives.ts';
import { expectClose } from '../../support/close.ts';
import { evaluated } from '../../support/evaluated.ts';
import { goldenCases } from '../../support/goldenCases.ts';
import { sum } from '../../support/near.ts';

const models: LayersModel[] = [];
const networks: Network[] = [];
afterAll(() => {
  networks.forEach((network) => network.dispose());
  models.forEach(free);
});

function compiled(model: LayersModel): Network {
  models.push(model);
  const network = compile(model);
  networks.push(network);
  return network;
}

const shape = [3, 5, 6, 4];
const vector = [0.5, -1, 2, 0.25];
let network: Network;
/** The address of the input, whose values are what is given. */
let input: string;
let x: NdArray;
beforeAll(async () => {
  network = compiled(
    randomized(
      chain(
        shape.slice(1),
        conv({ name: 'conv1', activation: 'tanh', filters: 4, padding: 'same' }),
        conv({ name: 'conv2', activation: 'softplus', filters: 4 }),
        l.globalAveragePooling2d({}),
        l.dense({ name: 'scores', units: 3, activation: 'softmax' }),
      ),
    ),
  );
  input = network.inputs[0].address;
  const { normal } = random(1);
  x = { shape, data: Float32Array.from({ length: 360 }, () => 0.5 + 0.4 * normal()) };
  await evaluated(network, 0, x);
});

const first = (): number[] => [...x.data.subarray(0, 120)].map((value, i) => value + Math.sin(i));
const reference = (): NdArray => ({ shape: shape.slice(1), data: Float32Array.from(first()) });

/** Each objective of a layer, and its score written out. */
const cases: Readonly<Record<string, (layer: string) => readonly [Objective, oracle.Score]>> = {
  channel: (layer) => [objectives.channel(layer, 2), oracle.channelScore(2)],
  neuron: (layer) => [objectives.neuron(layer, 1), oracle.neuronScore(1)],
  layer: (layer) => [objectives.layer(layer), oracle.layerScore(2)],
  'layer by its values': (layer) => [objectives.layer(layer, { kind: 'values' }), oracle.layerScore(1)],
  direction: (layer) => [objectives.direction({ layer, vector }), oracle.directionScore(vector, 0)],
  'direction of power 1': (layer) => [
    objectives.direction({ layer, vector }, { power: 1 }),
    oracle.directionScore(vector, 1),
  ],
  'direction of power 2.5': (layer) => [
    objectives.direction({ layer, vector }, { power: 2.5 }),
    oracle.directionScore(vector, 2.5),
  ],
  diversity: (layer) => [objectives.diversity(layer), oracle.diversityScore],
  alignment: (layer) => [objectives.alignment(layer, { decay: 3 }), oracle.alignmentScore(3)],
  interpolation: (layer) => [
    objectives.interpolation(objectives.channel(layer, 0), objectives.layer(layer)),
    oracle.interpolationScore(oracle.channelScore(0), oracle.layerScore(2)),
  ],
};
/** Each objective of pictures. */
const ofPictures: Readonly<Record<string, () => readonly [Objective, oracle.Score]>> = {
  totalVariation: () => [objectives.totalVariation(), oracle.totalVariationScore],
  l1: () => [objectives.l1(), oracle.l1Score(0.5)],
  l2: () => [objectives.l2({ color: 0.3 }), oracle.l2Score(0.3)],
  blurred: () => [
    objectives.blurred(),
    oracle.blurredScore(oracle.valuesOf(x).map((values) => oracle.blurOf(values, 3))),
  ],
  boundary: () => [objectives.boundary({ width: 2, color: 0.4 }), oracle.boundaryScore(2, 0.4)],
  distance: () => [objectives.distance(reference()), oracle.distanceScore(first())],
  match: () => [objectives.match(input, reference()), oracle.matchScore(first())],
};

describe('golden objectives', async () => {
  const { ofMethod, arrayOf } = await goldenCases('visualization');
  const [golden] = ofMethod('objectives');
  const { inputs, expected } = golden as NonNullable<typeof golden>;
  let activations: NdArray;
  let direction: number[];
  let identity: Network;
  let layer: string;
  beforeAll(async () => {
    activations = (await arrayOf(inputs['activations'])) as NdArray;
    direction = [...(await arrayOf(inputs['direction'])).data];
    identity = compiled(chain(activations.shape.slice(1), l.flatten()));
    layer = identity.inputs[0].address;
  });
  // What lucid averages over the pictures, and what it adds up.
  const averaged: Readonly<Record<string, () => Objective>> = {
    channel: () => objectives.channel(layer, 2),
    neuron: () => objectives.neuron(layer, 2),
    deepdream: () => objectives.layer(layer),
    direction0: () => objectives.direction({ layer, vector: direction }),
    direction1: () => objectives.direction({ layer, vector: direction }, { power: 1 }),
    direction2: () => objectives.direction({ layer, vector: direction }, { power: 2 }),
    diversity: () => objectives.diversity(layer),
  };
  const added: Readonly<Record<string, () => Objective>> = {
    alignment: () => objectives.alignment(layer),
    channelInterpolate: () => objectives.interpolation(objectives.channel(layer, 1), objectives.channel(layer, 2)),
    l1: () => objectives.l1({ color: 0 }),
  };

  test.each(Object.keys(expected))('%s', async (name) => {
    const [objective] = [averaged[name] ?? added[name] ?? (() => objectives.l2({ color: 0 }))];
    const { score } = await evaluated(identity, objective(), activations);
    const sums = [...score.data];
    // The golden is one root over the whole batch.
    if (name === 'l2')
      expect(Math.sqrt(sum(sums.map((value) => value ** 2 - 1e-6)) + 1e-6)).toBeCloseTo(17.855995110752577, 4);
    else {
      const found = sum(sums) / (name in averaged ? sums.length : 1);
      expect(Math.abs(found - (expected[name] as number))).toBeLessThan(2e-6 * Math.max(1, Math.abs(found)));
    }
  });
});

describe('score and gradient are those of plain loops and finite differences', () => {
  test.each(Object.keys(cases))('%s', async (name) => {
    const [objective, score] = (cases[name] as (typeof cases)[string])(input);
    await expectAs(objective, score);
  });

  test.each(Object.keys(ofPictures))('%s', async (name) => {
    const [objective, score] = (ofPictures[name] as (typeof ofPictures)[string])();
    await expectAs(objective, score);
  });

  async function expectAs(objective: Objective, score: oracle.Score): Promise<void> {
    const found = await evaluated(network, objective, x);
    await expectClose(found.score, { shape: [3], data: Float32Array.from(score(oracle.valuesOf(x))) });
    await expectClose(found.gradient, oracle.slopesOf(score, x), { tolerance: 2e-4, floor: 1e-3 });
  }

  test.each([...Object.keys(cases), 'logit'])('%s through a network, along a random direction', async (name) => {
    const objective = name === 'logit' ? objectives.logit(1) : (cases[name] as (typeof cases)[string])('conv2')[0];
    const { normal } = random(7);
    const along = Float32Array.from(x.data, normal);
    const { gradient } = await evaluated(network, objective, x);
    const at = async (by: number): Promise<number> =>
      sum(
        (await evaluated(network, objective, { shape, data: x.data.map((v, i) => v + by * (along[i] as number)) }))
          .score.data,
      );
    const slope = ((await at(0.01)) - (await at(-0.01))) / 0.02;
    const expected = sum(gradient.data.map((g, i) => g * (along[i] as number)));
    expect(Math.abs(slope - expected)).toBeLessThan(0.01 * Math.max(0.05, Math.abs(expected)));
  });
});

describe('every objective rises within three steps of Adam', () => {
  const all = {
    ...Object.fromEntries(Object.entries(cases).map(([name, make]) => [name, () => make('conv2')])),
    ...ofPictures,
  };
  test.each(Object.keys(all))('%s', async (name) => {
    const [objective] = (all[name] as () => readonly [Objective, oracle.Score])();
    const before = sum((await evaluated(network, objective, x)).score.data);
    expect(sum((await evaluated(network, objective, await climbed(objective, 0.1))).score.data)).toBeGreaterThan(
      before,
    );
  });

  test.each(['totalVariation', 'l1', 'l2', 'blurred', 'boundary', 'distance'])(
    '%s falls with a negative weight',
    async (name) => {
      const [objective] = (ofPictures[name] as (typeof ofPictures)[string])();
      const before = sum((await evaluated(network, objective, x)).score.data);
      const after = await climbed(objectives.scaled(-1, objective), 0.02);
      expect(sum((await evaluated(network, objective, after)).score.data)).toBeLessThan(before);
    },
  );

  async function climbed(objective: Objective, learningRate: number): Promise<NdArray> {
    const { memories, move } = adam({ learningRate });
    const values = Float64Array.from(x.data);
    const memory = Array.from({ length: memories }, () => new Float64Array(values.length));
    for (let steps = 0; steps < 3; steps++) {
      const { gradient } = await evaluated(network, objective, { shape, data: Float32Array.from(values) });
      move(
        values,
        Float64Array.from(gradient.data, (g) => -g),
        { memory, steps },
      );
    }
    return { shape, data: Float32Array.from(values) };
  }
});

describe('closed forms', () => {
  test('identical pictures are alike to all others, those without a common unit to none', async () => {
    const row = x.data.subarray(0, 120);
    const same = { shape, data: Float32Array.from({ length: 360 }, (_, i) => row[i % 120] as number) };
    const { score } = await evaluated(network, objectives.diversity(input), same);
    await expectClose(score, { shape: [3], data: Float32Array.of(2, 2, 2) });
    const apart = { shape, data: x.data.map((value, i) => (i % 4 === Math.floor(i / 120) ? value : 0)) };
    const { score: none } = await evaluated(network, objectives.diversity(input), apart);
    await expectClose(none, { shape: [3], data: new Float32Array(3) });
    const aligned = await evaluated(network, objectives.alignment(input), same);
    expect([...aligned.score.data].map(Math.abs)).toEqual([0, 0, 0]);
  });

  test('the best picture of a given length for a direction is the direction', async () => {
    // Along the gradient of a linear score, of whatever picture.
    const { gradient } = await evaluated(network, objectives.direction({ layer: input, vector }), x);
    for (let place = 0; place < gradient.data.length; place += 4) {
      const found = gradient.data.subarray(place, place + 4);
      const cosine =
        sum(found.map((g, i) => g * (vector[i] as number))) / (Math.hypot(...found) * Math.hypot(...vector));
      expect(cosine).toBeGreaterThan(0.999);
    }
  });

  test('a dead position has the gradient of the product, and no NaN', async () => {
    const objective = objectives.direction({ layer: input, vector }, { power: 2, position: [1, 2] });
    const { gradient, score } = await evaluated(network, objective, { shape, data: new Float32Array(360) });
    expect([...score.data].map(Math.abs)).toEqual([0, 0, 0]);
    const place = (1 * 6 + 2) * 4;
    await expectClose(
      { shape: [4], data: gradient.data.subarray(place, place + 4) },
      { shape: [4], data: Float32Array.from(vector, (v) => 0.01 * v) },
    );
  });

  test('a step of descent along the blur blurs', async () => {
    const { gradient } = await evaluated(network, objectives.blurred(), x);
    const expected = oracle.valuesOf(x).flatMap((values) => oracle.blurOf(values, 3).flat(2));
    await expectClose(
      { shape, data: x.data.map((value, i) => value - (gradient.data[i] as number)) },
      { shape, data: Float32Array.from(expected) },
    );
  });

  test('a picture is at no distance from itself, and that has no slope', async () => {
    const found = await evaluated(network, objectives.distance(x), x);
    expect(new Set(found.score.data)).toEqual(new Set([0]));
    expect(new Set(found.gradient.data)).toEqual(new Set([0]));
  });

  test('a whitened direction is the vector times the matrix', async () => {
    const whitening = { shape: [4, 4], data: Float32Array.from({ length: 16 }, (_, i) => Math.cos(i)) };
    const own = Array.from({ length: 4 }, (_, u) =>
      sum(vector.map((v, i) => v * (whitening.data[4 * i + u] as number))),
    );
    for (const options of [{}, { power: 2, position: 'center' as const }]) {
      const found = await evaluated(
        network,
        objectives.whitenedDirection({ layer: 'conv2', vector }, whitening, options),
        x,
      );
      const expected = await evaluated(network, objectives.direction({ layer: 'conv2', vector: own }, options), x);
      await expectClose(found.score, expected.score);
      await expectClose(found.gradient, expected.gradient);
    }
  });

  test.each(['mean', 'sum', 'max', 'center', [1, 2]] as const)(
    'a direction at %s, whatever its power',
    async (position) => {
      const positive = { shape, data: x.data.map(Math.abs) };
      const target = objectives.direction({ layer: input, vector }, { position });
      // A power that is all but 0 has a factor of all but 1.
      const powered = objectives.direction({ layer: input, vector }, { position, power: 1e-7 });
      const [a, b] = [await evaluated(network, target, positive), await evaluated(network, powered, positive)];
      await expectClose(b.score, a.score);
      await expectClose(b.gradient, a.gradient);
    },
  );
});

describe('what objectives are given', () => {
  test('is copied', async () => {
    const given = { vector: Float32Array.from(vector), reference: reference(), pictures: [0, 1] };
    const made = [
      objectives.direction({ layer: input, vector: given.vector }),
      objectives.direction({ layer: input, vector: given.vector }, { power: 1 }),
      objectives.match(input, given.reference),
      objectives.distance(given.reference),
      objectives.only(given.pictures, objectives.channel(input, 0)),
    ];
    const before = await Promise.all(made.map((objective) => evaluated(network, objective, x)));
    given.vector.fill(9);
    given.reference.data.fill(9);
    given.pictures.pop();
    expect(await Promise.all(made.map((objective) => evaluated(network, objective, x)))).toEqual(before);
  });

  test.each<[string, () => unknown, string]>([
    ['a layer', () => objectives.channel(3 as never, 0), '"layer" expected'],
    ['a unit', () => objectives.channel('conv1', -1), '"unit" expected an integer of at least 0, got -1'],
    ['a class', () => objectives.logit('cat' as never), '"index" expected an integer of at least 0, got "cat"'],
    [
      'a vector',
      () => objectives.direction({ layer: 'conv1', vector: [Number.NaN] }),
      '"direction.vector" expected finite',
    ],
    ['zeros', () => objectives.direction({ layer: 'conv1', vector: [0, 0] }), 'numbers that are not all 0'],
    ['no direction', () => objectives.direction('conv1' as never), '"direction" expected an object, got "conv1"'],
    [
      'an option',
      () => objectives.direction({ layer: 'a', vector: [1] }, { pow: 1 } as never),
      'expected some of power',
    ],
    [
      'a power',
      () => objectives.direction({ layer: 'a', vector: [1] }, { power: -1 }),
      '"power" expected a finite number of',
    ],
    ['a kind', () => objectives.layer('conv1', { kind: 'mean' as never }), '"kind" expected one of'],
    ['a weight', () => objectives.scaled(Number.NaN, 1), '"weight" expected a finite number, got NaN'],
    ['no objective', () => objectives.sum(), '"objectives" expected a list with elements'],
    ['no pictures', () => objectives.only([], 1), '"pictures" expected a list with elements'],
    ['a width', () => objectives.boundary({ width: 0 }), '"width" expected an integer of at least 1, got 0'],
    [
      'a whitening',
      () => objectives.whitenedDirection({ layer: 'a', vector: [1] }, { shape: [2, 2], data: new Float32Array(4) }),
      '"whitening" expected shape [1, 1]',
    ],
    [
      'NaN',
      () => objectives.distance({ shape: [1, 1, 1], data: Float32Array.of(Number.NaN) }),
      '"picture" expected finite numbers',
    ],
  ])('%s that is none is refused', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test.each<[string, () => Objective, string]>([
    [
      'a long vector',
      () => objectives.direction({ layer: 'conv1', vector: [...vector, 1] }, { power: 1 }),
      '"objective.vector" expected 4 numbers, one for each unit of layer "conv1"',
    ],
    [
      'a place outside',
      () => objectives.direction({ layer: 'conv1', vector }, { power: 1, position: [9, 0] }),
      '"objective.position[0]" expected an integer in 0..4',
    ],
    [
      'a reference of another layer',
      () => objectives.match('conv2', reference()),
      '"objective.reference" expected shape [3, 4, 4], which the layer has',
    ],
    [
      'a picture of another size',
      () => objectives.distance({ shape: [2, 2, 4], data: new Float32Array(16) }),
      '"objective.picture" expected a picture of shape [5, 6, 4], got [2, 2, 4]',
    ],
    [
      'one picture to compare',
      () => objectives.only([1], objectives.diversity('conv1')),
      '"count" expected at least 2 pictures',
    ],
    [
      'one picture to align',
      () => objectives.only([1], objectives.alignment('conv1')),
      '"count" expected at least 2 pictures',
    ],
  ])('%s does not fit', async (_, make, message) => {
    const tensors = tf.memory().numTensors;
    await expect(evaluated(network, make(), x)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
