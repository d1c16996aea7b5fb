import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { type NdArray, rowOf, sizeOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import {
  fitDenoiser,
  type SampleCodesOptions,
  sampleCodes,
  sampleDistances,
  samplers,
} from '../../../src/visualization/index.ts';
import { chain, randomized } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';

const weights = { prior: 0, condition: 0, noise: 0, inpainting: 0 };
const side = [2, 3, 1];

test('sampleCodes with a prior alone ends in the fixed space of a linear autoencoder that contracts', async () => {
  // R(h) = P h: it keeps the first two numbers, and halves the others.
  const denoiser = dense([4, 4], (row, column) => (row === column ? (row < 2 ? 1 : 0.5) : 0));
  const [generator, model] = [linearGenerator(), linearModel()];
  const start = { shape: [2, 4], data: Float32Array.of(1, 2, 3, -1, -2, 0.5, 0.25, 2) };
  const { codes } = await sampleCodes(generator, model, 0, {
    ...options(start),
    prior: 'denoiser',
    denoiser,
    weights: { ...weights, prior: 1 },
    steps: 200,
    stepSize: [0.1, 0],
  });
  expectNear(codes.data, [1, 2, 0, 0, -2, 0.5, 0, 0], 0.02);
  disposed(denoiser, generator, model);
});

test('sampleCodes without a prior is plain ascent with steps of mean |d|', async () => {
  const [generator, model] = [linearGenerator(), linearModel()];
  const start = { shape: [1, 4], data: new Float32Array(4) };
  const found = await sampleCodes(generator, model, 1, {
    ...options(start),
    ...samplers.dgnAm,
    weights: { ...weights, condition: 3 },
    steps: 5,
    stepSize: [0.2, 0.1],
  });
  // The gradient of a logit that is linear in codes is the same everywhere: J_Gᵀ w.
  const gradient = codeGradient(1);
  const mean = gradient.reduce((sum, g) => sum + Math.abs(g) / 4, 0);
  const total = 0.2 + 0.175 + 0.15 + 0.125 + 0.1;
  expectNear(
    found.codes.data,
    gradient.map((g) => (total * g) / mean),
    1e-5,
  );
  const slope = gradient.reduce((sum, g) => sum + g * g, 0) / mean;
  const sizes = [0, 0.2, 0.375, 0.525, 0.65, 0.75];
  expectNear(
    found.curve.data.map((value) => value - (found.curve.data[0] as number)),
    sizes.map((size) => size * slope),
    1e-4,
  );
  expect(found.curve.shape).toEqual([1, 1, 6]);
  expect(found.objective.data[0]).toBe(found.curve.data[5]);
  disposed(generator, model);
});

test('sampleCodes moves each code by the step size, whatever the weights, and keeps it in its range', async () => {
  const { generator, model, denoiser, encoder, codes } = await small();
  const base = { ...samplers.ppgnH, denoiser, codes, range: [0, 1] as const, count: 3 };
  const one = await sampleCodes(generator, model, [0, 2], { ...base, steps: 1, stepSize: 0.3, codeRange: [-100, 100] });
  const none = await sampleCodes(generator, model, [0, 2], { ...base, steps: 0 });
  for (let sample = 0; sample < 6; sample++) {
    const moved = Array.from({ length: 8 }, (_, i) =>
      Math.abs((one.codes.data[8 * sample + i] as number) - (none.codes.data[8 * sample + i] as number)),
    );
    expect(moved.reduce((sum, d) => sum + d / 8, 0)).toBeCloseTo(0.3, 4);
  }
  const kept = await sampleCodes(generator, model, [0, 2], { ...base, steps: 20, stepSize: 1 });
  const [low, high] = [Math.min(...codes.data), Math.max(...codes.data)];
  expect(Math.min(...kept.codes.data)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...kept.codes.data)).toBeLessThanOrEqual(high);
  expect(kept.terms.shape).toEqual([2, 3, 20, 4]);
  // Balanced: the condition is as strong as the prior.
  for (let at = 0; at < kept.terms.data.length; at += 4) {
    expect(kept.terms.data[at + 1]).toBeCloseTo(kept.terms.data[at] as number, 4);
  }
  disposed(generator, model, denoiser, encoder);
});

test('sampleCodes balances by the first step alone, or not at all, where that is asked for', async () => {
  const { generator, model, denoiser, encoder, codes } = await small();
  const run = (balance: 'step' | 'first' | 'none') =>
    sampleCodes(generator, model, 1, {
      ...samplers.ppgnH,
      balance,
      denoiser,
      codes,
      range: [0, 1],
      count: 1,
      steps: 8,
    });
  const [{ terms: step }, { terms: first }, { terms: none }] = [
    await run('step'),
    await run('first'),
    await run('none'),
  ];
  // Of both the first step is the same, and its condition as strong as the prior.
  expectNear(first.data.subarray(0, 4), step.data.subarray(0, 4), 1e-6);
  expect(first.data[1]).toBeCloseTo(first.data[0] as number, 5);
  expect(Math.abs((first.data[29] as number) - (first.data[28] as number))).toBeGreaterThan(1e-4);
  expect(none.data[0]).toBeCloseTo(first.data[0] as number, 5);
  expect(none.data[1]).not.toBeCloseTo(first.data[1] as number, 5);
  disposed(generator, model, denoiser, encoder);
});

test('sampleCodes raises the objective, by presets of all papers', async () => {
  const { generator, model, denoiser, encoder, codes } = await small();
  for (const name of ['dgnAm', 'ppgnH', 'jointPpgnH', 'noiselessJointPpgnH', 'published', 'diverse'] as const) {
    const settings = { ...samplers[name], denoiser, encoder: { model: encoder, layer: 'code' }, codes };
    const { curve, images, diversity } = await sampleCodes(generator, model, [1], {
      ...settings,
      range: [0, 1],
      count: 4,
      steps: 30,
    });
    for (let sample = 0; sample < 4; sample++) {
      expect(curve.data[31 * sample + 30], `${name}, ${sample}`).toBeGreaterThan(curve.data[31 * sample] as number);
    }
    expect(Math.min(...images.data)).toBeGreaterThanOrEqual(0);
    const own = { shape: images.shape.slice(1), data: images.data };
    expect(diversity?.[0]).toBeCloseTo((await sampleDistances(own)).diversity as number, 5);
  }
  disposed(generator, model, denoiser, encoder);
});

test('sampleCodes draws by seed, objective, sample and step alone', async () => {
  const { generator, model, denoiser, encoder, codes } = await small();
  const run = (count: number, seed: number, start?: SampleCodesOptions['start']) =>
    sampleCodes(generator, model, [0, 1], {
      ...{ ...samplers.ppgnH, denoiser, codes, range: [0, 1], count, steps: 4, seed, ...(start && { start }) },
    });
  const [two, again, three, other] = [await run(2, 1), await run(2, 1), await run(3, 1), await run(2, 2)];
  expect(again).toEqual(two);
  expect(three.codes.data.slice(0, 16)).toEqual(two.codes.data.slice(0, 16));
  expect(three.codes.data.slice(24, 40)).toEqual(two.codes.data.slice(16));
  expect(other.codes.data).not.toEqual(two.codes.data);
  const examples = Array.from({ length: codes.shape[0] as number }, (_, i) => [...rowOf(codes, i)].join());
  const { codes: begun } = await sampleCodes(generator, model, [0], {
    ...{ ...samplers.ppgnH, denoiser, codes, range: [0, 1], start: 'codes', steps: 0 },
  });
  const samples = Array.from({ length: 8 }, (_, i) => [...begun.data.subarray(8 * i, 8 * i + 8)].join());
  expect(samples.every((sample) => examples.includes(sample))).toBe(true);
  disposed(generator, model, denoiser, encoder);
});

test('sampleCodes fills in what is not observed', async () => {
  const [generator, model] = [linearGenerator(), linearModel()];
  const picture = { shape: side, data: Float32Array.of(0.5, -0.5, 1, 0, 0, 0) };
  const mask = { shape: [2, 3], data: Float32Array.of(1, 1, 1, 0, 0, 0) };
  const { images } = await sampleCodes(generator, model, 0, {
    ...options({ shape: [1, 4], data: new Float32Array(4) }),
    prior: 'decay',
    weights: { ...weights, inpainting: 1 },
    observed: { picture, mask },
    steps: 300,
    stepSize: [0.1, 0],
  });
  expectNear(images.data.subarray(0, 3), [0.5, -0.5, 1], 0.02);
  disposed(generator, model);
});

test('sampleCodes leaves a code where nothing moves it', async () => {
  const [generator, model] = [linearGenerator(), linearModel()];
  const start = { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
  const { codes, terms } = await sampleCodes(generator, model, 0, {
    ...options(start),
    prior: 'decay',
    weights,
    steps: 3,
  });
  expect(codes.data).toEqual(start.data);
  expect([...terms.data].every((term) => term === 0)).toBe(true);
  disposed(generator, model);
});

test('sampleCodes that is stopped leaves nothing', async () => {
  const { generator, model, denoiser, encoder, codes } = await small();
  const controller = new AbortController();
  const running = sampleCodes(generator, model, [0], {
    ...{ ...samplers.ppgnH, denoiser, codes, range: [0, 1], steps: 50, signal: controller.signal },
    onProgress: ({ done }) => done === 3 && controller.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
  disposed(generator, model, denoiser, encoder);
});

test('sampleCodes refuses what it cannot use', async () => {
  const { generator, model, denoiser, encoder, codes } = await small();
  const run = (changed: object, made: LayersModel = generator) =>
    sampleCodes(made, model, [0], { ...samplers.ppgnH, range: [0, 1], denoiser, codes, steps: 1, ...changed });
  const larger = chain([8], l.dense({ units: 20 }), l.reshape({ targetShape: [4, 5, 1] }));
  await expect(run({}, larger)).rejects.toThrow('"generator" expected a model that makes pictures [2, 3, 1]');
  const wrong = chain([7], l.dense({ units: 7 }));
  await expect(run({ denoiser: wrong })).rejects.toThrow(
    '"denoiser" expected the shape of the generator\'s codes, [8], got [7]',
  );
  await expect(run({ denoiser: undefined })).rejects.toThrow('"denoiser" expected a model');
  await expect(run({ prior: 'encoder' })).rejects.toThrow('"encoder" expected {model, layer}');
  await expect(run({ prior: 'encoder', encoder: { model: encoder, layer: 'cod' } })).rejects.toThrow('"encoder.layer"');
  await expect(run({ codes: { shape: [2, 7], data: new Float32Array(14) } })).rejects.toThrow(
    '"codes" expected examples',
  );
  await expect(run({ codes: undefined, start: 'units' })).rejects.toThrow(
    '"codes" expected examples of codes for start "units"',
  );
  await expect(run({ start: 'unit' })).rejects.toThrow('"start" expected one of noise, codes, units');
  await expect(run({ stepSize: [1, -1] })).rejects.toThrow('"stepSize[1]"');
  await expect(run({ codeRange: [1, 0] })).rejects.toThrow('"codeRange" expected [low, high]');
  await expect(run({ weights: { priors: 1 } })).rejects.toThrow('priors');
  await expect(run({ range: undefined })).rejects.toThrow('"preprocessing" expected');
  disposed(generator, model, denoiser, encoder, larger, wrong);
});

test('fitDenoiser takes noise off codes, and gives the same bits for the same seed', async () => {
  // Codes on a line: what is off it can be seen to be noise.
  const line = {
    shape: [64, 3],
    data: Float32Array.from({ length: 192 }, (_, i) => [1, 2, -1][i % 3]! * Math.sin(Math.floor(i / 3))),
  };
  const settings = { hidden: [16], epochs: 60, batchSize: 16, learningRate: 1e-2 };
  const { denoiser, losses, deviation } = await fitDenoiser(line, settings);
  expect(deviation).toBeGreaterThan(0);
  // No more is left than a third of the noise: the part along the line.
  expect(losses.at(-1)).toBeLessThan(0.6 * deviation ** 2);
  const again = await fitDenoiser(line, settings);
  expect(again.losses).toEqual(losses);
  await expect(fitDenoiser({ shape: [2, 1], data: new Float32Array(2) })).rejects.toThrow(
    '"codes" expected some that differ',
  );
  disposed(denoiser, again.denoiser);
});

test('sampleDistances are Euclidean', async () => {
  const pictures = { shape: [3, 2], data: Float32Array.of(0, 0, 3, 4, 0, 8) };
  const images = { shape: [2, 2], data: Float32Array.of(0, 1, 3, 3) };
  const { diversity, nearest } = await sampleDistances(pictures, { images });
  expect(diversity).toBeCloseTo((5 + 8 + 5) / 3, 6);
  expectNear(nearest ?? [], [1, 1, Math.sqrt(34)], 1e-6);
  expect(await sampleDistances({ shape: [1, 2], data: new Float32Array(2) })).toEqual({});
});

const options = (start: NdArray) => ({ range: [0, 1] as const, start, count: start.shape[0] as number });

/** Pictures that are linear in codes. */
function linearGenerator(): LayersModel {
  const generator = chain([4], l.dense({ units: 6, name: 'pixels' }), l.reshape({ targetShape: side }));
  return withKernel(generator, 0, generatorKernel);
}

/** Logits that are linear in pixels. */
function linearModel(): LayersModel {
  return withKernel(chain(side, l.flatten(), l.dense({ units: 2 })), 0, modelKernel);
}

const generatorKernel = (row: number, column: number): number => random(6, row, column).normal() / 2;
const modelKernel = (row: number, column: number): number => Math.cos(2 * row + 5 * column);

/** J_Gᵀ w of a class, by hand. */
function codeGradient(unit: number): number[] {
  return [0, 1, 2, 3].map((code) =>
    [0, 1, 2, 3, 4, 5].reduce((sum, pixel) => sum + generatorKernel(code, pixel) * modelKernel(pixel, unit), 0),
  );
}

function dense(
  [rows, columns]: readonly [number, number],
  entry: (row: number, column: number) => number,
): LayersModel {
  return withKernel(chain([rows], l.dense({ units: columns })), 0, entry);
}

/** Gives a model's kernel its numbers, and zeros for biases. */
function withKernel(model: LayersModel, index: number, entry: (row: number, column: number) => number): LayersModel {
  const weight = model.weights[index]!;
  const [rows, columns] = weight.shape as [number, number];
  const numbers = Float32Array.from({ length: rows * columns }, (_, i) => entry(Math.floor(i / columns), i % columns));
  const tensor = tf.tensor(numbers, [rows, columns]);
  weight.write(tensor);
  tensor.dispose();
  return model;
}

/** A generator of 8 numbers, a network with three classes, a denoiser, an encoder, and codes. */
async function small() {
  const generator = randomized(
    chain(
      [8],
      l.dense({ units: 12 }),
      l.leakyReLU({ alpha: 0.2 }),
      l.dense({ units: 6, activation: 'sigmoid' }),
      l.reshape({ targetShape: side }),
    ),
    1,
  );
  const model = randomized(
    chain(side, l.flatten(), l.dense({ units: 8, activation: 'tanh' }), l.dense({ units: 3, activation: 'softmax' })),
    2,
  );
  const encoder = randomized(chain(side, l.flatten(), l.dense({ name: 'code', units: 8 })), 4);
  const { normal } = random(5);
  const codes = { shape: [20, 8], data: Float32Array.from({ length: sizeOf([20, 8]) }, normal) };
  const { denoiser } = await fitDenoiser(codes, { hidden: [12], epochs: 3 });
  return { generator, model, encoder, codes, denoiser };
}

function disposed(...models: readonly LayersModel[]): void {
  models.forEach((model) => void model.dispose());
}
