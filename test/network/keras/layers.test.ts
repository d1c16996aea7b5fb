import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { loadModel } from '../../../src/network/loadModel.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { expectClose } from '../../support/close.ts';
import {
  chain3Json,
  chainJson,
  type LayerJson,
  layerJson,
  modelFiles,
  tensorJson,
  type WeightsJson,
} from '../../support/kerasJson.ts';

const array = (shape: readonly number[], values: readonly number[]): NdArray => ({
  shape,
  data: Float32Array.from(values),
});

/** What a layer makes of one example of this shape, in vitrine's pass and in the model's own. */
async function expectOutput(
  layer: LayerJson | readonly LayerJson[],
  { x, y, weights = {} }: { x: NdArray; y: NdArray; weights?: WeightsJson },
): Promise<void> {
  const layers = [layer].flat();
  const last = layers.at(-1)?.config.name as string;
  const model = await loadModel(modelFiles(chainJson(x.shape.slice(1), layers), weights));
  const stock = tf.tidy(() => model.predict(tf.tensor(x.data, [...x.shape])) as tf.Tensor);
  try {
    await expectClose(stock, y, { name: 'predict' });
    const made = await activations(model, x, [last]);
    await expectClose(made[last] as NdArray, y, { name: 'activations' });
  } finally {
    stock.dispose();
    model.dispose();
  }
}

const row = (...values: number[]): NdArray => array([1, 1, values.length, 1], values);

describe('closed forms', () => {
  test('bilinear UpSampling2D and Resizing have their pixels in the middle', async () => {
    const x = row(0, 1);
    const y = array([1, 1, 4, 1], [0, 0.25, 0.75, 1]);
    await expectOutput(
      layerJson('UpSampling2D', { size: [1, 2], interpolation: 'bilinear', data_format: 'channels_last' }),
      { x, y },
    );
    await expectOutput(
      layerJson('Resizing', { height: 1, width: 4, interpolation: 'bilinear', crop_to_aspect_ratio: false }),
      { x, y },
    );
    await expectOutput(layerJson('Resizing', { height: 1, width: 4, interpolation: 'nearest' }), {
      x,
      y: row(0, 0, 1, 1),
    });
  });

  test('Resizing that keeps the proportions cuts or pads first', async () => {
    const size = { height: 1, width: 2 };
    await expectOutput(layerJson('Resizing', { ...size, crop_to_aspect_ratio: true }), {
      x: row(1, 2, 3, 4),
      y: row(2, 3),
    });
    const padded = layerJson('Resizing', {
      height: 2,
      width: 2,
      pad_to_aspect_ratio: true,
      fill_value: 5,
      fill_mode: 'constant',
    });
    await expectOutput(padded, {
      x: array([1, 2, 4, 1], [1, 1, 3, 3, 1, 1, 3, 3]),
      y: array([1, 2, 2, 1], [3, 4, 3, 4]),
    });
  });

  test('CenterCrop takes the middle', async () => {
    const x = array(
      [1, 3, 4, 1],
      Array.from({ length: 12 }, (_, i) => i),
    );
    await expectOutput(layerJson('CenterCrop', { height: 1, width: 2 }), { x, y: row(5, 6) });
  });

  test('Conv2D in groups: each output channel reads its group', async () => {
    const layer = layerJson('Conv2D', { name: 'c', filters: 2, kernel_size: [1, 1], groups: 2, use_bias: true });
    const weights = {
      'c/kernel': { shape: [1, 1, 2, 2], values: [1, 10, 2, 20] },
      'c/bias': { shape: [2], values: [0.5, 0] },
    };
    await expectOutput(layer, { x: array([1, 1, 1, 4], [1, 2, 3, 4]), y: array([1, 1, 1, 2], [5.5, 110]), weights });
  });

  test('a causal Conv1D reads no later place', async () => {
    const layer = layerJson('Conv1D', {
      name: 'c',
      filters: 1,
      kernel_size: [2],
      dilation_rate: [2],
      padding: 'causal',
      use_bias: false,
    });
    const weights = { 'c/kernel': { shape: [2, 1, 1], values: [10, 1] } };
    await expectOutput(layer, { x: array([1, 4, 1], [1, 2, 3, 4]), y: array([1, 4, 1], [1, 2, 13, 24]), weights });
  });

  test('a dilated DepthwiseConv2D skips places', async () => {
    const layer = layerJson('DepthwiseConv2D', {
      name: 'd',
      kernel_size: [1, 2],
      dilation_rate: [1, 2],
      use_bias: false,
    });
    const weights = { 'd/depthwise_kernel': { shape: [1, 2, 1, 1], values: [1, 10] } };
    await expectOutput(layer, { x: row(1, 2, 3, 4), y: row(31, 42), weights });
  });

  test('Conv2DTranspose: dilation puts the kernel apart, output_padding adds places', async () => {
    const weights = { 't/kernel': { shape: [1, 2, 1, 1], values: [1, 10] } };
    const options = { name: 't', filters: 1, kernel_size: [1, 2], use_bias: false };
    await expectOutput(layerJson('Conv2DTranspose', { ...options, dilation_rate: [1, 2] }), {
      x: row(1, 2),
      y: row(1, 2, 10, 20),
      weights,
    });
    const padded = layerJson('Conv2DTranspose', { ...options, strides: [1, 2], output_padding: [0, 1] });
    await expectOutput(padded, { x: row(1, 2), y: row(1, 10, 2, 20, 0), weights });
  });

  test('Normalization with its statistics in the configuration or in weights, and its inverse', async () => {
    const x = array([1, 2], [3, 5]);
    const given = { axis: [-1], mean: [1, 1], variance: [4, 16] };
    await expectOutput(layerJson('Normalization', given), { x, y: array([1, 2], [1, 1]) });
    await expectOutput(layerJson('Normalization', { ...given, invert: true }), { x, y: array([1, 2], [7, 21]) });
    const weights = {
      mean: { shape: [2], values: [1, 1] },
      variance: { shape: [2], values: [4, 16] },
      count: { shape: [], values: [9] },
    };
    const learnt = layerJson('Normalization', { name: 'n', axis: [-1], mean: null, variance: null });
    await expectOutput(learnt, { x, y: array([1, 2], [1, 1]), weights });
  });

  test('BatchNormalization over the rows', async () => {
    const weights = Object.fromEntries(
      Object.entries({ gamma: [2, 1], beta: [0, 1], moving_mean: [1, 0], moving_variance: [4, 1] }).map(
        ([name, values]) => [`b/${name}`, { shape: [2], values }],
      ),
    );
    const layer = layerJson('BatchNormalization', { name: 'b', axis: [1], epsilon: 0, momentum: 0.99 });
    await expectOutput(layer, { x: array([1, 2, 1, 2], [3, 5, 3, 5]), y: array([1, 2, 1, 2], [2, 4, 4, 6]), weights });
  });

  test('GroupNormalization: mean 0 and variance 1 in each group', async () => {
    const layer = layerJson('GroupNormalization', { groups: 2, axis: -1, epsilon: 0, center: false, scale: false });
    await expectOutput(layer, { x: array([1, 1, 1, 4], [1, 3, 10, 30]), y: array([1, 1, 1, 4], [-1, 1, -1, 1]) });
  });

  test('keepdims keeps the axes', async () => {
    const layer = layerJson('GlobalAveragePooling2D', { keepdims: true, data_format: 'channels_last' });
    await expectOutput(layer, { x: array([1, 1, 2, 2], [1, 2, 3, 6]), y: array([1, 1, 1, 2], [2, 4]) });
  });

  test('layers that only train with noise hand their input on', async () => {
    const names = [
      'SpatialDropout2D',
      'RandomFlip',
      'RandomRotation',
      'ActivityRegularization',
      'Identity',
      'StochasticDepth',
    ];
    const layers = names.map((kind) =>
      layerJson(kind, { name: kind, rate: 0.5, mode: 'horizontal', factor: 0.2, l1: 1 }),
    );
    await expectOutput(layers, { x: row(1, 2), y: row(1, 2) });
  });

  test('tuples and arrays of NumPy are lists', async () => {
    const scale = { class_name: '__numpy__', config: { value: [2, 3], dtype: 'float32' } };
    const layers = [
      layerJson('Rescaling', { name: 'scaled', scale, offset: { class_name: '__tuple__', items: [1, 0] } }),
      layerJson('Reshape', { name: 'shaped', target_shape: { class_name: '__tuple__', items: [2, -1] } }),
    ];
    await expectOutput(layers, { x: array([1, 2], [1, 1]), y: array([1, 2, 1], [3, 3]) });
  });

  test('what is flat is flattened', async () => {
    const layers = [layerJson('GlobalAveragePooling2D', { name: 'pool' }), layerJson('Flatten', { name: 'flat' })];
    await expectOutput(layers, { x: array([1, 1, 2, 2], [1, 2, 3, 6]), y: array([1, 2], [2, 4]) });
  });
});

describe('what is dropped and what is refused', () => {
  test('initializers, regularizers and constraints, whatever they are; options that say nothing', async () => {
    const odd = { class_name: 'MyOwn', config: { l2: 0.01 }, registered_name: 'pkg>MyOwn' };
    const layer = layerJson('Dense', {
      name: 'd',
      units: 1,
      use_bias: false,
      kernel_initializer: odd,
      kernel_regularizer: odd,
      kernel_constraint: odd,
      lora_rank: null,
      new_option: false,
    });
    await expectOutput(layer, {
      x: array([1, 1], [3]),
      y: array([1, 1], [6]),
      weights: { 'd/kernel': { shape: [1, 1], values: [2] } },
    });
  });

  test.each<readonly [string, LayerJson, RegExp]>([
    [
      'an option that is not known',
      layerJson('ReLU', { name: 'r', wobble: 3 }),
      /layer "r" \(ReLU\): option "wobble" is not known; it is 3/,
    ],
    [
      'an interpolation',
      layerJson('Resizing', { name: 'r', height: 2, width: 2, interpolation: 'bicubic' }),
      /layer "r" \(Resizing\): interpolation "bicubic" is not supported: expected bilinear or nearest/,
    ],
    [
      'antialias',
      layerJson('Resizing', { name: 'r', height: 2, width: 2, antialias: true }),
      /option "antialias" expected false, got true/,
    ],
    [
      'renorm',
      layerJson('BatchNormalization', { name: 'b', renorm: true }),
      /option "renorm" expected false, got true/,
    ],
    [
      'groups of volumes',
      layerJson('Conv3D', { name: 'c', filters: 2, kernel_size: [1, 1, 1], groups: 2 }),
      /option "groups" expected 1, got 2/,
    ],
    [
      'a ragged input',
      layerJson('InputLayer', { name: 'i', batch_input_shape: [null, 2], ragged: true }),
      /option "ragged" expected false, got true/,
    ],
    [
      'Lambda',
      layerJson('Lambda', { name: 'l' }),
      /layer "l" \(Lambda\) is not supported: its function is Python code: build the model again/,
    ],
    [
      'attention',
      layerJson('MultiHeadAttention', { name: 'm' }),
      /layer "m" \(MultiHeadAttention\) is not supported: attention/,
    ],
    [
      'a class that is not known',
      layerJson('Conv2E', { name: 'x' }),
      /layer "x" \(Conv2E\) is of a class that is not known: .*className "Conv2E".*registerClass.*near: Conv2D/,
    ],
    [
      'a quantised layer',
      layerJson('Dense', {
        name: 'q',
        units: 1,
        dtype: { class_name: 'QuantizedDTypePolicy', config: { name: 'int8_from_float32' } },
      }),
      /layer "q" \(Dense\) holds quantised weights \(int8_from_float32\): save the model without quantize\(\)/,
    ],
    [
      'an operation that is not known',
      layerJson('TFOpLambda', { name: 'o', function: 'math.lgamma' }, { inbound_nodes: [['in', 0, 0, {}]] }),
      /layer "o" \(TFOpLambda\), operation "math\.lgamma": is not known: .*near: /,
    ],
    [
      'a mean over the batch',
      layerJson('TFOpLambda', { name: 'o', function: 'math.reduce_mean' }, { inbound_nodes: [['in', 0, 0, {}]] }),
      /expected an axis, got none: over the batch it would mix examples/,
    ],
    [
      'dropout that goes on',
      layerJson('Dropout', { name: 'd', rate: 0.5 }, { inbound_nodes: [[['in', 0, 0, { training: true }]]] }),
      /layer "d" \(Dropout\) is called with training=True, so that its output is random/,
    ],
    [
      'a mask',
      layerJson('ReLU', { name: 'r' }, { inbound_nodes: [[['in', 0, 0, { mask: ['in', 0, 0] }]]] }),
      /layer "r" \(ReLU\) is called with "mask", which is not supported/,
    ],
  ])('%s is refused by name', async (_, layer, message) => {
    await expect(loadModel(modelFiles(chainJson([2], [layer])))).rejects.toThrow(message);
  });

  test('Keras 3 notes training where it is the default, and does not follow it', async () => {
    const node = { inbound_nodes: [{ args: [tensorJson('in')], kwargs: { training: true, mask: null } }] };
    const model = await loadModel(
      modelFiles(chain3Json([2, 2, 1], [layerJson('RandomFlip', { name: 'flip', mode: 'horizontal' }, node)])),
    );
    expect(model.getLayer('flip').getClassName()).toBe('Activation');
  });
});
