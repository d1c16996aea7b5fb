import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { fromInput } from '../../src/image/fromInput.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { scores } from '../../src/scoring/scores.ts';
import {
  objectives,
  optimizers,
  type Parameterization,
  parameterizations,
  picturesOf,
  transforms,
  type Visualization,
  type VisualizeSettings,
  visualize,
} from '../../src/visualization/index.ts';
import { chain, randomized } from '../oracle/building.ts';

const range = [-1, 1] as const;

/** Two convolutions, pooled over all positions: any size of pictures will do. */
function network(channels = 3): ReturnType<typeof chain> {
  return randomized(
    chain(
      [12, 12, channels],
      l.conv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv' }),
      l.conv2d({ filters: 4, kernelSize: 3, strides: 2, name: 'top' }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 3, name: 'logits' }),
    ),
  );
}

const model = network();
const quick: VisualizeSettings = { steps: 12, transforms: [transforms.jitter(2)] };

function seen(objective: Parameters<typeof visualize>[1], settings: VisualizeSettings = {}): Promise<Visualization> {
  return visualize(model, objective, { range, ...quick, ...settings });
}

test('an objective rises, and what is told of it is the score of the picture', async () => {
  const target = objectives.channel('top', 2);
  const found = await seen(target, { steps: 30, snapshots: [0, 10, 30] });
  expect(found.images.shape).toEqual([3, 1, 12, 12, 3]);
  expect(found.steps).toEqual([0, 10, 30]);
  expect(found.curve.shape).toEqual([30, 1]);
  const [first, second, last] = found.objective.data as unknown as [number, number, number];
  expect(second).toBeGreaterThan(first);
  expect(last).toBeGreaterThan(second);
  const picture = { shape: [1, 12, 12, 3], data: found.images.data.slice(-432).map((value) => 2 * value - 1) };
  const own = await scores(model, picture, { target: { layer: 'top', unit: 2 } });
  expect(own.values[0] as number).toBeCloseTo(last, 4);
  expect(Math.min(...found.images.data)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...found.images.data)).toBeLessThanOrEqual(1);
});

test('the step of a linear unit is the tiled kernel, by hand', async () => {
  const linear = randomized(chain([6, 6, 1], l.conv2d({ filters: 2, kernelSize: 3, padding: 'same', name: 'c' })));
  const start = { shape: [6, 6, 1], data: new Float32Array(36).fill(0.5) };
  const found = await visualize(
    linear,
    { layer: 'c', unit: 1, position: 'sum' },
    {
      range: [0, 1],
      start,
      steps: 1,
      transforms: [],
      parameterization: parameterizations.pixels({ limit: 'clip' }),
      optimizer: optimizers.sgd({ learningRate: 0.001 }),
    },
  );
  const kernel = await (linear.getLayer('c').getWeights()[0] as tf.Tensor).data();
  const weight = (row: number, column: number): number => kernel[(row * 3 + column) * 2 + 1] as number;
  for (let row = 0; row < 6; row++) {
    for (let column = 0; column < 6; column++) {
      let sum = 0;
      for (let y = 0; y < 3; y++)
        for (let x = 0; x < 3; x++) {
          const [atRow, atColumn] = [row - y + 1, column - x + 1];
          if (atRow >= 0 && atRow < 6 && atColumn >= 0 && atColumn < 6) sum += weight(y, x);
        }
      expect(found.images.data[row * 6 + column] as number).toBeCloseTo(0.5 + 0.001 * sum, 6);
      expect(found.transparency.data[row * 6 + column] as number).toBeCloseTo(Math.abs(sum), 4);
    }
  }
  linear.dispose();
});

test('the same seed gives the same bits, another one another picture', async () => {
  const [one, same, other] = [await seen(1), await seen(1), await seen(1, { seed: 1 })];
  expect(one.images.data).toEqual(same.images.data);
  expect(one.images.data).not.toEqual(other.images.data);
});

test('a run that is gone on with gives the bits of one long run', async () => {
  const long = await seen(1, { steps: 9, transforms: [transforms.jitter(2), transforms.scale([0.9, 1.1])] });
  const settings = { transforms: [transforms.jitter(2), transforms.scale([0.9, 1.1])] };
  const half = await seen(1, { steps: 4, snapshots: [0, 2], ...settings });
  const rest = await seen(1, { steps: 5, start: half, ...settings });
  expect(rest.steps).toEqual([9]);
  expect(rest.images.data).toEqual(long.images.data);
  expect(rest.memory).toEqual(long.memory);
  expect([half.made, rest.made, long.made]).toEqual([4, 9, 9]);
});

test('each objective of a list has its pictures, and those of the first are as alone', async () => {
  const alone = await seen(2, { count: 2 });
  const list = await seen([2, objectives.channel('top', 0)], { count: 2 });
  expect(list.images.shape).toEqual([1, 4, 12, 12, 3]);
  expect(list.images.data.slice(0, alone.images.data.length)).toEqual(alone.images.data);
  expect(list.parameters).toHaveLength(2);
  const classes = await seen([0, 1]);
  expect(classes.images.shape[1]).toBe(2);
});

test('pictures of one objective differ, and more so with a price on their likeness', async () => {
  const spread = ({ data }: NdArray): number =>
    data.slice(0, 432).reduce((sum, value, i) => sum + Math.abs(value - (data[432 + i] as number)), 0);
  const target = objectives.channel('top', 1);
  const plain = await seen(target, { count: 2, steps: 40 });
  const apart = objectives.sum(target, objectives.scaled(-5, objectives.diversity('conv')));
  const diverse = await seen(apart, { count: 2, steps: 40 });
  expect(spread(plain.images)).toBeGreaterThan(0);
  expect(spread(diverse.images)).toBeGreaterThan(spread(plain.images));
});

test('more views are averaged, and one view of each is the same for all pictures', async () => {
  const many = await seen(0, { views: 3, steps: 4 });
  const one = await seen(0, { views: 1, steps: 4 });
  expect(many.images.data).not.toEqual(one.images.data);
  const without = await seen(0, { views: 3, steps: 4, transforms: [] });
  const single = await seen(0, { views: 1, steps: 4, transforms: [] });
  without.images.data.forEach((value, i) => expect(value).toBeCloseTo(single.images.data[i] as number, 4));
});

test('a start from a picture is that picture, and goes on from it', async () => {
  const draw = random(3);
  const start = { shape: [12, 12, 3], data: Float32Array.from({ length: 432 }, () => 0.1 + 0.8 * draw.uniform()) };
  const found = await seen(0, { start, snapshots: [0, 12] });
  start.data.forEach((value, i) => expect(found.images.data[i] as number).toBeCloseTo(value, 3));
  const picture = fromInput({ shape: [1, 12, 12, 3], data: start.data }, { range: [0, 1] });
  const fromPicture = await seen(0, { start: picture, snapshots: [0], steps: 0 });
  start.data.forEach((value, i) =>
    expect(Math.abs((fromPicture.images.data[i] as number) - value)).toBeLessThan(0.004),
  );
});

test('a parameterization and a transform without a way back are differentiated by the tape, to the same pictures', async () => {
  const { pullback, ...taped } = parameterizations.fourier();
  expect(pullback).toBeDefined();
  const own = await seen(1, { transforms: [(pictures) => tf.mul(pictures, 0.9)], parameterization: taped });
  const ours = await seen(1, {
    transforms: [
      {
        name: 'darker',
        apply: (pictures) => ({
          pictures: tf.mul(pictures, 0.9),
          pullback: (cotangent) => tf.mul(cotangent, 0.9),
        }),
      },
    ],
  });
  own.images.data.forEach((value, i) => expect(value).toBeCloseTo(ours.images.data[i] as number, 3));
});

test('pictures of any size, of grey and of five channels, and with opacity', async () => {
  expect((await seen({ layer: 'top', unit: 0 }, { size: [9, 14] })).images.shape).toEqual([1, 1, 9, 14, 3]);
  expect((await seen(0, { size: 20, inputSize: 12 })).images.shape).toEqual([1, 1, 20, 20, 3]);
  for (const channels of [1, 5]) {
    const other = network(channels);
    const found = await visualize(other, 0, { range, ...quick, snapshots: [0, 12] });
    expect(found.images.shape).toEqual([2, 1, 12, 12, channels]);
    expect(found.objective.data[1] as number).toBeGreaterThan(found.objective.data[0] as number);
    other.dispose();
  }
  const opaque = await seen(0, { parameterization: parameterizations.alpha(parameterizations.fourier()) });
  expect(opaque.images.shape).toEqual([1, 1, 12, 12, 4]);
  expect(picturesOf(opaque)[0]?.data).toHaveLength(12 * 12 * 4);
});

test('the network may want its channels the other way round, and each on a scale of its own', async () => {
  const scale = { mean: [100, 120, 130], std: [50, 60, 70], order: 'bgr' as const };
  const found = await visualize(model, 0, { ...scale, ...quick });
  const data = found.images.data.map((_, i) => {
    const channel = i % 3;
    const pixel = found.images.data[i - channel + 2 - channel] as number;
    return (255 * pixel - (scale.mean[channel] as number)) / (scale.std[channel] as number);
  });
  const own = await scores(model, { shape: [1, 12, 12, 3], data }, { target: 0 });
  expect(own.values[0] as number).toBeCloseTo(found.objective.data[0] as number, 3);
});

test('snapshots are handed over as they are made, an abort ends the call and frees everything', async () => {
  const controller = new AbortController();
  const handed: [number, number][] = [];
  const done: number[] = [];
  const running = seen([0, 1], {
    snapshots: [0, 6, 12],
    signal: controller.signal,
    onSnapshot: ({ step }, first) => handed.push([step, first]),
    onProgress: ({ stage, done: steps, total }) => {
      expect([stage, total]).toEqual(['visualize', 24]);
      done.push(steps);
      if (steps === 20) controller.abort(new Error('enough'));
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(handed).toEqual([
    [0, 0],
    [6, 0],
    [12, 0],
    [0, 1],
    [6, 1],
  ]);
  expect(done).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test('no step leaves a tensor', async () => {
  const counts: number[] = [];
  await seen(0, { count: 2, onProgress: () => counts.push(tf.memory().numTensors) });
  expect(new Set(counts.slice(1)).size).toBe(1);
});

test('a unit that nothing excites is said to be one; one behind a dead ReLU comes to life', async () => {
  const dead = network();
  const conv = dead.getLayer('conv');
  const [kernel, bias] = conv.getWeights() as [tf.Tensor, tf.Tensor];
  const made = [tf.fill(bias.shape, -1), tf.zerosLike(kernel)] as const;
  conv.setWeights([kernel, made[0]]);
  const alive = await visualize(dead, objectives.channel('top', 0), { range, steps: 40, transforms: [] });
  expect(alive.warnings).toEqual([]);
  conv.setWeights([made[1], bias]);
  const found = await visualize(dead, { layer: 'conv', unit: 1, position: 'mean' }, { range, steps: 3, redirected: 0 });
  expect(found.warnings).toHaveLength(1);
  expect(found.warnings[0]).toContain('picture 0 never moved');
  tf.dispose([...made]);
  dead.dispose();
});

test('an earlier result of other settings, and objectives after the first, are refused before any work', async () => {
  const earlier = await seen(1, { steps: 1 });
  const others: VisualizeSettings[] = [
    { optimizer: optimizers.sgd({ learningRate: 0.1 }) },
    { parameterization: parameterizations.pixels() },
    { size: 10 },
    { count: 2 },
  ];
  for (const other of others)
    await expect(seen(1, { steps: 1, start: earlier, ...other })).rejects.toThrow('"start" expected an earlier result');
  await expect(seen([1, 0], { steps: 1, start: earlier })).rejects.toThrow('"start" expected an earlier result');
  const worked: number[] = [];
  const onProgress = ({ done }: { done: number }): void => void worked.push(done);
  await expect(seen([1, { layer: 'top', unit: 9 }], { onProgress })).rejects.toThrow('unit');
  expect(worked).toEqual([]);
});

test('what cannot be done is refused by name', async () => {
  const flat = randomized(chain([8, 8, 3], l.flatten(), l.dense({ units: 2, name: 'd' })));
  const options = { range, ...quick };
  const refusals: [() => Promise<unknown>, string, string][] = [
    [() => seen({ layer: 'tops', unit: 0 }), 'unknown-layer', 'top'],
    [() => seen({ layer: 'top', unit: 9 }), 'bad-argument', 'unit'],
    [() => seen('predicted'), 'bad-argument', 'predicted'],
    [() => seen(0, { snapshots: [13] }), 'bad-argument', '"snapshots" expected steps in 0..12, got 13'],
    [() => seen([]), 'bad-argument', '"objective" expected at least one'],
    [() => visualize(flat, 0, { ...options, size: 16 }), 'bad-shape', '"inputSize" expected [8, 8]'],
    [() => visualize(model, 0, quick as never), 'bad-argument', '"preprocessing" expected'],
    [
      () => seen(0, { start: { shape: [4, 4, 3], data: new Float32Array(48) } }),
      'bad-shape',
      '"start" expected pictures [n, 12, 12, 3]',
    ],
    [() => seen(0, { start: { shape: [12, 12, 3], data: new Float32Array(432).fill(2) } }), 'bad-argument', '0..1'],
    [
      () => seen(0, { optimizer: optimizers.adam({ learningRate: 1 }), learningRate: 1 }),
      'bad-argument',
      'learningRate',
    ],
    [
      () => seen({ layers: ['top'], score: ([top]) => tf.log(tf.neg(tf.abs(tf.mean(top, [1, 2, 3])))) }),
      'not-finite',
      'NaN',
    ],
    [() => seen(0, { stepz: 3 } as never), 'unknown-option', 'steps'],
  ];
  for (const [call, code, text] of refusals) {
    const error = await call().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(VitrineError);
    expect([(error as VitrineError).code, (error as VitrineError).message]).toEqual([
      code,
      expect.stringContaining(text),
    ]);
  }
  const fits = await visualize(flat, 0, { ...options, size: 16, inputSize: 8 });
  expect(fits.images.shape).toEqual([1, 1, 16, 16, 3]);
  flat.dispose();
});

test('a parameterization of one’s own', async () => {
  const flatColor: Parameterization = {
    name: 'one color',
    start: ({ count, channels }) => [{ shape: [count, 1, 1, channels], data: new Float32Array(count * channels) }],
    render: ([color], { shape }) => tf.sigmoid(tf.tile(color as tf.Tensor4D, [1, ...shape.size, 1])) as tf.Tensor4D,
  };
  const found = await seen(0, { parameterization: flatColor });
  const [red, green, blue] = found.images.data as unknown as [number, number, number];
  found.images.data.forEach((value, i) => expect(value).toBeCloseTo([red, green, blue][i % 3] as number, 6));
});
