import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  featureInfluence,
  type InfluenceOptions,
  influence,
  representerPoints,
  selfInfluence,
} from '../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { chain, conv, free, inputsOf, picture, randomized } from '../../oracle/building.ts';
import { exactInfluence } from '../../oracle/softmaxInfluence.ts';
import { expectClose } from '../../support/close.ts';

const count = 24;
const labelsOf = (length: number) => Array.from({ length }, (_, i) => (i * i + (i >> 2)) % 3);

function small() {
  return randomized(chain([5], l.dense({ units: 3, activation: 'softmax', name: 'classes' })), 4);
}

function sets(model: ReturnType<typeof small>) {
  return {
    training: { images: inputsOf(model, count)[0] as NdArray, labels: labelsOf(count) },
    held: { images: inputsOf(model, 3, 9)[0] as NdArray, labels: [0, 1, 2] },
  };
}

function features(rows: number, seed: number, shift = 1.5) {
  const { normal, integer } = random(seed);
  const labels = Array.from({ length: rows }, () => integer(3));
  const data = Float32Array.from(
    { length: rows * 3 },
    (_, i) => normal() + (labels[Math.floor(i / 3)] === i % 3 ? shift : 0),
  );
  return { features: { shape: [rows, 3], data }, labels };
}

test('the head of a model is that of plain loops, with any solver', async () => {
  const model = small();
  const { training, held } = sets(model);
  const [kernel, bias] = await Promise.all(
    model.getWeights().map(async (tensor) => ({ shape: tensor.shape, data: Float32Array.from(await tensor.data()) })),
  );
  const exact = exactInfluence({
    ...{ kernel: kernel as NdArray, bias },
    training: { inputs: [training.images], labels: training.labels },
    test: { inputs: [held.images], labels: held.labels },
    damping: 0.05,
  });
  for (const method of ['exact', 'cg', 'lissa'] as const) {
    const found = await influence(model, training, held, { method, penalty: 0.03, damping: 0.02, batchSize: 7 });
    await expectClose(found.lossChangeIfRemoved, exact, { tolerance: 1e-4, floor: 1e-6 });
    expect(found.warnings.map(({ kind }) => kind)).toContain('notOptimal');
    expect(found.damping[0]?.damping).toBe(0.02);
    expect(found.trainingLosses.length).toBe(count);
  }
  const self = await selfInfluence(model, training, { penalty: 0.03, damping: 0.02 });
  const onItself = await influence(model, training, training, { penalty: 0.03, damping: 0.02 });
  self.values.forEach((value, i) =>
    expect(value).toBeCloseTo(onItself.lossChangeIfRemoved.data[i * (count + 1)] as number, 5),
  );
  expect([...self.losses]).toEqual([...onItself.testLosses]);
  free(model);
});

test('examples drawn for each step come near the same', async () => {
  const [training, held] = [features(60, 1), features(3, 2)];
  const exact = await featureInfluence(training, held, { penalty: 0.3 });
  const drawn = await featureInfluence(training, held, {
    penalty: 0.3,
    method: 'lissa',
    lissa: { samples: 10, steps: 400, repeats: 8 },
  });
  await expectClose(drawn.lossChangeIfRemoved, exact.lossChangeIfRemoved, { tolerance: 0.3, floor: 0.02 });
  expect(drawn.traces).toHaveLength(24);
});

test('at the optimum nothing is doubtful, and too much damping is told', async () => {
  const model = small();
  const { training, held } = sets(model);
  const optimal = await influence(model, training, held, { refit: true, penalty: 0.05 });
  expect(optimal.warnings).toEqual([]);
  expect(optimal.gradientShare).toBeLessThan(1e-5);
  const damped = await influence(model, training, held, { refit: true, penalty: 0.05, damping: 1 });
  expect(damped.warnings.map(({ kind }) => kind)).toEqual(['strongDamping']);
  free(model);
});

test('with next to no penalty the influences of all examples add up to nothing', async () => {
  const [training, held] = [features(80, 3, 0.5), features(4, 5, 0.5)];
  // Without any the Hessian is singular: adding the same to the scores of all classes changes nothing.
  const { lossChangeIfRemoved } = await featureInfluence(training, held, { penalty: 1e-8 });
  for (let row = 0; row < 4; row++) {
    const own = lossChangeIfRemoved.data.subarray(row * 80, (row + 1) * 80);
    const [sum, most] = [own.reduce((a, b) => a + b, 0), own.reduce((a, b) => Math.max(a, Math.abs(b)), 0)];
    expect(Math.abs(sum)).toBeLessThan(1e-4 * most);
  }
});

test('a double of a test example helps, and harms with another label', async () => {
  const training = features(40, 7);
  const held = {
    features: { shape: [1, 3], data: training.features.data.slice(0, 3) },
    labels: training.labels.slice(0, 1),
  };
  const { lossChangeIfRemoved } = await featureInfluence(training, held, { penalty: 0.02 });
  expect(lossChangeIfRemoved.data[0]).toBeGreaterThan(0);
  const flipped = { ...training, labels: training.labels.map((label, i) => (i === 0 ? (label + 1) % 3 : label)) };
  const harmed = await featureInfluence(flipped, held, { penalty: 0.02 });
  expect(harmed.lossChangeIfRemoved.data[0]).toBeLessThan(0);
});

test('representer points rebuild the logits at the optimum, and tell how far they are elsewhere', async () => {
  const model = randomized(
    chain(picture, conv({ activation: 'relu' }), l.flatten(), l.dense({ units: 3, activation: 'softmax' })),
  );
  const training = { images: inputsOf(model, count)[0] as NdArray, labels: labelsOf(count) };
  const held = { images: inputsOf(model, 3, 9)[0] as NdArray, labels: [0, 1, 2] };
  const optimal = await representerPoints(model, training, held, { penalty: 0.05 });
  expect(optimal.error).toBeLessThan(1e-4);
  expect(optimal.coefficients.shape).toEqual([count, 3]);
  const given = await representerPoints(model, training, held, { penalty: 0.05, refit: false });
  expect(given.error).toBeGreaterThan(0.1);
  free(model);
});

test('a head of one unit has the influences of the pair of classes that it stands for', async () => {
  const model = randomized(chain([5], l.dense({ units: 1, activation: 'sigmoid' })), 4);
  const training = { images: inputsOf(model, 12)[0] as NdArray, labels: [0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0] };
  const held = { images: inputsOf(model, 2, 9)[0] as NdArray, labels: [1, 0] };
  const one = await influence(model, training, held, { refit: true, penalty: 0.1 });
  const rows = (set: { images: NdArray; labels: number[] }) => ({ features: set.images, labels: set.labels });
  const pair = await featureInfluence(rows(training), rows(held), { penalty: 0.2 });
  await expectClose(one.lossChangeIfRemoved, pair.lossChangeIfRemoved, { tolerance: 1e-4, floor: 1e-7 });
  free(model);
});

test('methods of all layers are reached, and tell what they took for fixed', async () => {
  const model = randomized(
    chain(
      picture,
      conv({ name: 'conv' }),
      l.batchNormalization({ name: 'norm' }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax' }),
    ),
  );
  const training = { images: inputsOf(model, 8)[0] as NdArray, labels: labelsOf(8) };
  const found = await influence(model, training, training, { parameters: 'all' });
  expect(found.method).toBe('ekfac');
  expect(found.damping.length).toBe(2);
  expect(found.warnings).toMatchObject([{ kind: 'leftOut' }]);
  const self = await selfInfluence(model, training, { parameters: 'all' });
  self.values.forEach((value, i) => expect(value).toBeCloseTo(found.lossChangeIfRemoved.data[i * 9] as number, 4));
  self.losses.forEach((loss, i) => expect(loss).toBeCloseTo(found.trainingLosses[i] as number, 6));
  const checkpoints = [{ weights: model.getWeights(), learningRate: 0.1 }];
  const traced = await influence(model, training, training, { method: 'tracIn', checkpoints });
  const now = await influence(model, training, training, { method: 'tracIn' });
  await expectClose(
    traced.lossChangeIfRemoved,
    { ...now.lossChangeIfRemoved, data: now.lossChangeIfRemoved.data.map((value) => 0.1 * value) },
    { tolerance: 1e-3, floor: 1e-5 },
  );
  free(model);
});

describe('what cannot be is refused', () => {
  const wrong: [string, InfluenceOptions, RegExp][] = [
    [
      'a method of the head for all layers',
      { method: 'exact', parameters: 'all' },
      /"method" expected one of ekfac, tracIn/,
    ],
    ['a refitted head for EK-FAC', { method: 'ekfac', refit: true }, /"refit" expected a method of the head/],
    ['representer points without a penalty', { method: 'representer', penalty: 0 }, /"penalty" expected more than 0/],
    ['a singular Hessian', { penalty: 0 }, /"damping" expected more than 0/],
    [
      'a scale at which the recursion diverges',
      { method: 'lissa', lissa: { scale: 1e-3 } },
      /"lissa.scale" expected more/,
    ],
    ['a misspelt setting', { lissa: { step: 3 } as object }, /"options" expected some of .*, got "step"/],
    ['a negative damping', { damping: -1 }, /"damping"/],
  ];
  test.each(wrong)('%s', async (_, options, message) => {
    const model = small();
    const { training, held } = sets(model);
    await expect(influence(model, training, held, options)).rejects.toThrow(message);
    free(model);
  });

  test('labels that do not fit, and features of one class', async () => {
    const model = small();
    const { training, held } = sets(model);
    await expect(influence(model, { ...training, labels: [1, 2] }, held)).rejects.toThrow(
      /"training.labels" expected 24/,
    );
    await expect(influence(model, training, { ...held, labels: [0, 1, 3] })).rejects.toThrow(/"test.labels\[2\]"/);
    await expect(influence(model, {} as never, held)).rejects.toThrow(/"training" expected {images, labels}/);
    const one = features(5, 1);
    await expect(featureInfluence({ ...one, labels: [1, 1, 1, 1, 1] }, one)).rejects.toThrow(/at least two classes/);
    free(model);
  });
});
