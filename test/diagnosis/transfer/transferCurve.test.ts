import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers as l, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { installKernels } from '../../../src/backend/installKernels.ts';
import { classifierTask, type TransferTask, transferCurve } from '../../../src/diagnosis/index.ts';
import { random } from '../../../src/numeric/random.ts';

installKernels({ replace: true });

/** Two layers and a batch normalisation under a head. */
function create(_task: string, seed: number): LayersModel {
  const kernel = (stream: number) => initializers.heNormal({ seed: seed + stream });
  return sequential({
    layers: [
      l.dense({ name: 'first', inputShape: [3], units: 6, activation: 'relu', kernelInitializer: kernel(1) }),
      l.batchNormalization({ name: 'norm' }),
      l.dense({ name: 'second', units: 5, activation: 'relu', kernelInitializer: kernel(2) }),
      l.dense({ name: 'head', units: 2, activation: 'softmax', kernelInitializer: kernel(3) }),
    ],
  });
}

/** Whether one of the three numbers is above the next one. */
function taskOf(place: number, seed: number): TransferTask {
  const set = (count: number, stream: number) => {
    const { normal } = random(seed, stream);
    const data = Float32Array.from({ length: 3 * count }, normal);
    const labels = Array.from({ length: count }, (_, i) =>
      Number((data[3 * i + place] as number) > (data[3 * i + ((place + 1) % 3)] as number)),
    );
    return { images: { shape: [count, 3], data }, labels };
  };
  return classifierTask(set(96, 1), set(40, 2), { epochs: 6, learningRate: 0.02, batchSize: 16 });
}

const tasks = { a: taskOf(0, 1), b: taskOf(1, 2) };

async function weightsOf(model: LayersModel, name: string): Promise<readonly number[]> {
  const weights = model.getLayer(name).getWeights();
  return (await Promise.all(weights.map((weight) => weight.data()))).flatMap((values) => [...values]);
}

describe('transferCurve(create, tasks)', () => {
  test('trains each network of the protocol, the same each time, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const stages: number[] = [];
    const options = {
      seeds: [3],
      onProgress: ({ done, total }: { done: number; total: number }) => stages.push(done / total),
    };
    const curve = await transferCurve(create, tasks, options);
    expect(tf.memory().numTensors).toBe(before);
    expect(curve.layers).toEqual(['first', 'norm', 'second']);
    expect(curve.rows).toHaveLength(1 + 3 * 5);
    expect(stages).toHaveLength(17);
    expect(stages.at(-1)).toBe(1);
    expect(curve.base.mean).toBeGreaterThan(0.7);
    const of = (name: string) => curve.curves.find(({ kind }) => kind === name)?.mean as Float64Array;
    // What was copied and is trained on has at least learnt the task.
    expect(Math.min(...of('BnB+'))).toBeGreaterThan(0.7);
    const again = await transferCurve(create, tasks, { seeds: [3], kinds: ['AnB'] });
    expect(again.curves[0]?.mean).toEqual(of('AnB'));
  });

  test('keeps frozen weights and moving statistics, copies those of the right network, and trains the others', async () => {
    const seen: { task: string; before: readonly number[]; after: readonly number[]; second: boolean }[] = [];
    const watched = (task: 'a' | 'b'): TransferTask => ({
      ...tasks[task],
      async train(model, how) {
        const [before, upper] = [await weightsOf(model, 'norm'), await weightsOf(model, 'second')];
        await tasks[task].train(model, how);
        const second = (await weightsOf(model, 'second')).every((value, i) => value === upper[i]);
        seen.push({ task, before, after: await weightsOf(model, 'norm'), second });
      },
    });
    await transferCurve(create, { a: watched('a'), b: watched('b') }, { layers: ['norm'] });
    const [baseB, baseA, anb, anbPlus, bnb, bnbPlus, kept] = seen as unknown as [
      Seen,
      Seen,
      Seen,
      Seen,
      Seen,
      Seen,
      Seen,
    ];
    for (const { before, after } of [baseB, baseA, anbPlus, bnbPlus]) expect(after).not.toEqual(before);
    for (const { before, after } of [anb, bnb, kept]) expect(after).toEqual(before);
    for (const { before } of [anb, anbPlus]) expect(before).toEqual(baseA.after);
    for (const { before } of [bnb, bnbPlus]) expect(before).toEqual(baseB.after);
    expect(seen.map(({ task }) => task).join('')).toBe('babbbbb');
    expect(seen.some(({ second }) => second)).toBe(false);
  });

  test('runs frozen layers with the statistics that they have', async () => {
    const outputs: number[][] = [];
    const task: TransferTask = {
      async train(model) {
        const x = tf.tensor2d([
          [1, 2, 3],
          [4, 5, 7],
        ]);
        const [running, inference] = [true, false].map((training) => model.apply(x, { training }) as tf.Tensor);
        outputs.push(
          ...(await Promise.all([running, inference].map(async (one) => [...(await (one as tf.Tensor).data())]))),
        );
        tf.dispose([x, running, inference] as tf.Tensor[]);
      },
      score: () => 0,
    };
    await transferCurve(create, { a: task, b: task }, { layers: ['norm'], kinds: ['random'] });
    expect(outputs[0]).not.toEqual(outputs[1]);
    expect(outputs[2]).toEqual(outputs[3]);
  });

  test('without a kind of A no network of A is made', async () => {
    const made: string[] = [];
    const idle: TransferTask = { train: () => undefined, score: () => 0.5 };
    const watched = (task: string, seed: number) => {
      made.push(task);
      return create(task, seed);
    };
    const { curves } = await transferCurve(
      watched,
      { a: idle, b: idle },
      { kinds: ['BnB'], layers: ['first'], seeds: [0, 1] },
    );
    expect(made.join('')).toBe('bbbb');
    expect(curves[0]?.low).toEqual(Float64Array.of(0.5));
  });

  test('stops between batches and disposes what it made', async () => {
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: () => setTimeout(() => stop.abort('enough')) };
    await expect(transferCurve(create, tasks, options)).rejects.toBe('enough');
    expect(tf.memory().numTensors).toBe(before);
  });
});

interface Seen {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

describe('bad input', () => {
  const idle: TransferTask = { train: () => undefined, score: () => 0.5 };
  const both = { a: idle, b: idle };
  const narrow = (task: string, seed: number): LayersModel =>
    task === 'b'
      ? create(task, seed)
      : sequential({ layers: [l.dense({ inputShape: [3], units: 4 }), l.dense({ units: 2, activation: 'softmax' })] });
  const images = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

  test.each([
    ['a layer that is not there', () => transferCurve(create, both, { layers: ['frist'] }), 'bad-argument', 'first'],
    [
      'other weights',
      () => transferCurve(narrow, both, { kinds: ['AnB'] }),
      'bad-shape',
      'the same weights of layer "first"',
    ],
    ['no task', () => transferCurve(create, { a: idle } as never), 'bad-argument', '"tasks.b" expected {train, score}'],
    [
      'a kind that there is not',
      () => transferCurve(create, both, { kinds: ['CnB' as 'AnB'] }),
      'bad-argument',
      '"kinds[0]"',
    ],
    [
      'a score that is NaN',
      () => transferCurve(create, { a: idle, b: { ...idle, score: () => Number.NaN } }),
      'not-finite',
      '"score"',
    ],
    ['no model', () => transferCurve((() => 3) as never, both), 'bad-argument', '"create"'],
    [
      'labels beyond the output',
      () =>
        transferCurve(create, { a: idle, b: classifierTask({ images, labels: [0, 2] }, { images, labels: [0, 1] }) }),
      'bad-shape',
      'more than 2 classes',
    ],
  ])('%s', async (_, call, code, message) => {
    const before = tf.memory().numTensors;
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(0);
  });

  test('the same model twice', async () => {
    const one = create('b', 1);
    await expect(transferCurve(() => one, both)).rejects.toMatchObject({ code: 'bad-argument' });
  });

  test('training that changes what is frozen', async () => {
    const careless: TransferTask = {
      ...idle,
      train: (model) => {
        const layer = model.getLayer('first');
        tf.tidy(() => layer.setWeights(layer.getWeights().map((weight) => tf.add(weight, 1))));
      },
    };
    await expect(transferCurve(create, { a: careless, b: careless }, { kinds: ['AnB'] })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('expected to leave layer "first"'),
    });
  });
});
