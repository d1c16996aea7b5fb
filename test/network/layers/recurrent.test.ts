import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers as l, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradient } from '../../../src/attribution/gradient/gradient.ts';
import { integratedGradients } from '../../../src/attribution/path/integratedGradients.ts';
import { occlusion } from '../../../src/attribution/perturbation/hiding/occlusion.ts';
import { compile } from '../../../src/network/compile.ts';
import { predict } from '../../../src/network/predict.ts';
import { summary } from '../../../src/network/summary.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, type Layer, randomized } from '../../oracle/building.ts';
import { bothWays, recurrent } from '../../oracle/recurrentNetworks.ts';
import { expectClose } from '../../support/close.ts';
import { expectNear } from '../../support/near.ts';

type Kind = Parameters<typeof recurrent>[0];
interface Keeper {
  readonly states: readonly Tensor[];
  resetStates(): void;
}

const sequence = [4, 2];

/** A model of one recurrent layer and a dense one, for batches of a size. */
function ofBatch(batch: number | null, layer: Layer): LayersModel {
  const x = input({ batchShape: [batch, ...sequence] });
  const features = layer.apply(x) as SymbolicTensor;
  return randomized(modelOf({ inputs: x, outputs: l.dense({ units: 2 }).apply(features) as SymbolicTensor }));
}

describe('a stateful layer', () => {
  test.each<Kind>(['lstm', 'gru', 'simpleRNN'])('%s: goes on from the state it has, and keeps it', async (name) => {
    const layer = recurrent(name, { stateful: true });
    const keeper = layer as unknown as Keeper;
    const model = ofBatch(1, layer);
    const x = inputsOf(model, 1)[0] as NdArray;
    const own = (): Promise<NdArray> => ownPrediction(model, x);
    // After a first prediction of tfjs, whose states the second one begins with.
    await own();
    const states = await numbersOf(keeper);
    const [first, second, { delta }] = [
      await predict(model, x),
      await predict(model, x),
      await integratedGradients(model, x, { target: 0 }),
    ];
    const slope = await gradient(model, x, { target: 0 });
    expect(await numbersOf(keeper)).toEqual(states);
    expect(second).toEqual(first);
    expectNear(delta, [0], 1e-4);
    await expectClose(first.values, await own());
    keeper.resetStates();
    const fresh = await predict(model, x);
    expect(fresh.values.data).not.toEqual(first.values.data);
    expect((await gradient(model, x, { target: 0 })).values.data).not.toEqual(slope.values.data);
    await expectClose(fresh.values, await own());
    model.dispose();
    tf.dispose([...keeper.states]);
  });

  test('both ways: both states are kept', async () => {
    const layer = bothWays(recurrent('gru', { stateful: true }));
    const { forwardLayer, backwardLayer } = layer as unknown as Record<'forwardLayer' | 'backwardLayer', Keeper>;
    const model = ofBatch(1, layer);
    const x = inputsOf(model, 1)[0] as NdArray;
    const own = (): Promise<NdArray> => ownPrediction(model, x);
    await own();
    const found = [await predict(model, x), await predict(model, x)];
    expect(found[1]).toEqual(found[0]);
    await expectClose((found[0] as { values: NdArray }).values, await own());
    model.dispose();
    tf.dispose([forwardLayer, backwardLayer].flatMap(({ states }) => [...states]));
  });

  test('every row goes on from the one state, however rows are batched', async () => {
    const layer = recurrent('lstm', { stateful: true });
    const model = ofBatch(1, layer);
    tf.tidy(() => void model.predict(tf.ones([1, 4, 2])));
    const [x, y] = [inputsOf(model, 1)[0], inputsOf(model, 1, 5)[0]] as [NdArray, NdArray];
    const both = { shape: [2, 4, 2], data: Float32Array.from([...x.data, ...y.data]) };
    const alone = [await predict(model, x), await predict(model, y)].flatMap(({ values }) => [...values.data]);
    for (const batchSize of [1, 2]) {
      const { values } = await predict(model, both, { batchSize });
      expectNear(values.data, alone, 1e-6);
    }
    model.dispose();
    tf.dispose([...(layer as unknown as Keeper).states]);
  });

  test('with states for several rows is refused, also within another layer', () => {
    const layer = recurrent('lstm', { stateful: true, name: 'kept' });
    const model = ofBatch(3, layer);
    expect(() => compile(model)).toThrow(
      'layer "kept" (LSTM) is stateful with states for 3 rows of a batch, which rows of other batches cannot share: give a model',
    );
    model.dispose();
    tf.dispose([...(layer as unknown as Keeper).states]);
    const inner = recurrent('lstm', { stateful: true, batchInputShape: [1, 4, 2] });
    const x = input({ batchShape: [1, 3, 4, 2] });
    const frames = modelOf({
      inputs: x,
      outputs: l.timeDistributed({ layer: inner, name: 'each' }).apply(x) as SymbolicTensor,
    });
    expect(() => compile(frames)).toThrow(
      'layer "each" (TimeDistributed) is stateful: it would keep what it is run on',
    );
    frames.dispose();
    tf.dispose([...(inner as unknown as Keeper).states]);
  });

  test('with states for several rows that begins with given ones', async () => {
    const [x, h] = [input({ batchShape: [3, 4, 2] }), input({ batchShape: [3, 3] })];
    const layer = recurrent('gru', { stateful: true });
    layer.apply(x);
    const model = randomized(modelOf({ inputs: [x, h], outputs: layer.apply([x, h]) as SymbolicTensor }));
    const inputs = inputsOf(model, 3);
    const expected = tf.tidy(
      () => model.predict(inputs.map(({ data, shape }) => tf.tensor(data, [...shape]))) as Tensor,
    );
    await expectClose((await predict(model, inputs)).values, expected);
    free(model);
    tf.dispose([expected, ...(layer as unknown as Keeper).states]);
  });
});

describe('dropout', () => {
  test.each<[Kind, Readonly<Record<string, unknown>>, number[]]>([
    ['lstm', {}, sequence],
    ['gru', {}, sequence],
    ['simpleRNN', {}, sequence],
    ['convLstm2d', { filters: 2, kernelSize: 2 }, [3, 5, 4, 2]],
  ])(
    '%s: is nothing at inference and leaves nothing, whatever tfjs keeps of training',
    async (name, options, shape) => {
      const plain = randomized(chain(shape, recurrent(name, options)));
      const dropping = randomized(chain(shape, recurrent(name, { ...options, dropout: 0.5, recurrentDropout: 0.3 })));
      const x = inputsOf(plain, 2)[0] as NdArray;
      const expected = await predict(plain, x);
      expect(await predict(dropping, x)).toEqual(expected);
      const slopes = [await gradient(plain, x, { target }), await gradient(dropping, x, { target })];
      expect(slopes[1]?.values).toEqual(slopes[0]?.values);
      tf.tidy(() => void dropping.layers[1]?.apply(tf.ones([1, ...shape]), { training: true }));
      const { cell } = dropping.layers[1] as unknown as {
        cell: Record<'dropoutMask' | 'recurrentDropoutMask', Tensor[]>;
      };
      const { dropoutMask, recurrentDropoutMask } = cell;
      expect(await predict(dropping, x)).toEqual(expected);
      expect([cell.dropoutMask, cell.recurrentDropoutMask]).toEqual([dropoutMask, recurrentDropoutMask]);
      tf.dispose([dropoutMask, recurrentDropoutMask]);
      [plain, dropping].forEach(free);
    },
  );
});

test('convLstm2d, channelsFirst: as with channels last', async () => {
  const options = { filters: 2, kernelSize: 3, strides: [2, 1], returnSequences: true };
  const last = randomized(chain([3, 5, 4, 2], recurrent('convLstm2d', options)));
  const first = randomized(chain([3, 2, 5, 4], recurrent('convLstm2d', { ...options, dataFormat: 'channelsFirst' })));
  const { data } = inputsOf(last, 1)[0] as NdArray;
  const x = tf.tensor(data, [1, 3, 5, 4, 2]);
  const moved = tf.transpose(x, [0, 1, 4, 2, 3]);
  const expected = tf.tidy(() => tf.transpose(last.predict(x) as Tensor, [0, 1, 4, 2, 3]));
  await expectClose((await predict(first, moved)).values, expected);
  const [slope, movedSlope] = [await gradient(last, x, { target }), await gradient(first, moved, { target })];
  const back = tf.tidy(() => tf.transpose(tf.tensor(movedSlope.values.data, [1, 3, 2, 5, 4]), [0, 1, 3, 4, 2]));
  await expectClose(slope.values, back);
  tf.dispose([x, moved, expected, back]);
  [last, first].forEach(free);
});

test('a tower of bidirectional layers: rows and weights of the summary', () => {
  const model = chain(
    [4, 2],
    bothWays(recurrent('lstm', { returnSequences: true }), { name: 'lower' }),
    bothWays(recurrent('gru', { units: 5 }), { name: 'upper', mergeMode: 'sum' }),
    l.dense({ units: 2, name: 'scores' }),
  );
  const { layers, parameterCount } = summary(model);
  // LSTM: 4 · units · (inputs + units + 1), GRU: 3 · …, each twice.
  const weights = [2 * 4 * 3 * (2 + 3 + 1), 2 * 3 * 5 * (6 + 5 + 1), 5 * 2 + 2];
  expect(layers.slice(1).map(({ address, shape, parameterCount: count }) => [address, shape, count])).toEqual([
    ['lower', [null, 4, 6], weights[0]],
    ['upper', [null, 5], weights[1]],
    ['scores', [null, 2], weights[2]],
  ]);
  expect(parameterCount).toBe(weights.reduce((sum, count) => sum + count, 0));
  free(model);
});

describe('what a recurrent layer is called with', () => {
  test.each(['initialState', 'constants'])('numbers as %s are refused', (name) => {
    const x = input({ shape: [3, 2] });
    const given = tf.ones([1, 3]);
    const layer = recurrent('gru', { name: 'told' });
    layer.apply(x);
    const model = modelOf({ inputs: x, outputs: layer.apply(x, { [name]: [given] } as never) as SymbolicTensor });
    expect(() => compile(model)).toThrow(`layer "told" (GRU) was called with numbers as "${name}", which tfjs uses`);
    free(model);
    given.dispose();
  });

  test('too few states are refused', () => {
    const [x, h] = [input({ shape: [3, 2] }), input({ shape: [3] })];
    const layer = recurrent('lstm', { name: 'short' });
    layer.apply(x);
    const model = modelOf({ inputs: [x, h], outputs: layer.apply([x, h]) as SymbolicTensor });
    expect(() => compile(model)).toThrow('layer "short" (LSTM) expected 2 first states, got 1');
    free(model);
  });
});

test('occlusion(model, x) of a stateful layer leaves its state', async () => {
  const layer = recurrent('lstm', { stateful: true });
  const x = input({ batchShape: [1, 4, 4, 2] });
  const steps = l.reshape({ targetShape: [4, 8] }).apply(x) as SymbolicTensor;
  const scores = l.dense({ units: 2 }).apply(layer.apply(steps) as SymbolicTensor) as SymbolicTensor;
  const model = randomized(modelOf({ inputs: x, outputs: scores }));
  const picture = inputsOf(model, 1)[0] as NdArray;
  const options = { target: 0, window: 2, stride: 2 } as const;
  expect(await occlusion(model, picture, options)).toEqual(await occlusion(model, picture, options));
  const states = await numbersOf(layer as unknown as Keeper);
  expect(states.flat().every((value) => value === 0)).toBe(true);
  model.dispose();
  tf.dispose([...(layer as unknown as Keeper).states]);
});

/** What tfjs predicts, which moves the states of the model. */
async function ownPrediction(model: LayersModel, { data, shape }: NdArray): Promise<NdArray> {
  const made = tf.tidy(() => model.predict(tf.tensor(data, [...shape])) as Tensor);
  const values = (await made.data()) as Float32Array;
  made.dispose();
  return { shape: made.shape, data: values };
}

function numbersOf({ states }: Keeper): Promise<number[][]> {
  return Promise.all(states.map(async (state) => [...(await state.data())]));
}

function target([y]: readonly Tensor[]): Tensor {
  return tf.sum(tf.reshape(y as Tensor, [(y as Tensor).shape[0] as number, -1]), 1);
}
