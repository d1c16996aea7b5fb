import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { gradCam } from '../../../src/attribution/cam/gradCam.ts';
import { gradient } from '../../../src/attribution/gradient/gradient.ts';
import { occlusion } from '../../../src/attribution/perturbation/hiding/occlusion.ts';
import { lrp } from '../../../src/attribution/relevance/lrp.ts';
import { activations } from '../../../src/network/activations.ts';
import { compile } from '../../../src/network/compile.ts';
import { receptiveField } from '../../../src/network/fields/receptiveField.ts';
import { loadNetwork } from '../../../src/network/loadNetwork.ts';
import type { Network } from '../../../src/network/network.ts';
import { predict } from '../../../src/network/predict.ts';
import { summary } from '../../../src/network/summary.ts';
import { withParameters } from '../../../src/network/withParameters.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { layerGradients } from '../../../src/scoring/layerGradients.ts';
import { expectClose } from '../../support/close.ts';
import { readJson } from '../../support/fixtures.ts';
import { jsonSource, readArrays } from '../../support/kerasModels.ts';
import { loadedGraphModel } from '../../support/loadedGraphModel.ts';

// A small ResNet by the official converter, frozen: 48 × 48 pictures, ten classes.
const path = 'keras/graphs/resnet/model.json';
const { x, y } = await readArrays('keras/graphs/resnet', ['x', 'y']);
const picture: NdArray = { shape: [1, ...x.shape.slice(1)], data: x.data.slice(0, 48 * 48 * 3) };

async function withResnet(job: (network: Network) => void | Promise<void>): Promise<void> {
  const network = await loadNetwork(await jsonSource(path));
  try {
    await job(network);
  } finally {
    network.dispose();
  }
}

describe('a GraphModel from its files', () => {
  test('nodes are layers with addresses, shapes, weights and receptive fields', () =>
    withResnet((network) => {
      const { layers, parameterCount, outputs, note } = summary(network);
      const conv1 = layers.find(({ address }) => address === 'resnet/conv1_relu/Relu');
      expect(conv1).toMatchObject({
        layerClass: '_FusedConv2D',
        shape: [null, 24, 24, 64],
        parameterCount: 7 * 7 * 3 * 64 + 64,
        operations: ['conv2d', 'relu'],
        multiplyAdds: 7 * 7 * 3 * 64 * 24 * 24,
        receptiveField: { size: [7, 7], jump: [2, 2] },
      });
      expect(layers.reduce((sum, layer) => sum + layer.parameterCount, 0)).toBe(parameterCount);
      expect(outputs).toMatchObject([{ address: 'Identity', shape: [null, 10] }]);
      expect(outputs[0]?.holds).toMatch(/^softmax over 10 classes/);
      expect(note).toMatch(/batch normalisation is folded/);
      expect(String(summary(network))).toMatch(/GraphModel/);
      const field = receptiveField(network, 'resnet/conv1_relu/Relu');
      expect(field).toMatchObject({ low: [-3, -3], outputLength: [24, 24] });
    }));

  test('an unknown layer: near choices', () =>
    withResnet((network) => {
      expect(() => network.site('resnet/conv1_relu')).toThrow(/near: resnet\/conv1_relu\/Relu/);
    }));

  test('what enters a fused activation has an address', () =>
    withResnet(async (network) => {
      const [before, after] = ['resnet/conv1_relu/Relu@preactivation', 'resnet/conv1_relu/Relu'];
      const values = await activations(network, picture, [before, after]);
      const [z, a] = [values[before] as NdArray, values[after] as NdArray];
      expect(Math.min(...z.data)).toBeLessThan(0);
      // Some backends make −0 of a negative number.
      expect(Array.from(a.data, (value) => value + 0)).toEqual(Array.from(z.data, (value) => Math.max(value, 0)));
      const { [before]: slopes } = await layerGradients(network, picture, { layers: [before], target: 3 });
      expect(slopes?.shape).toEqual(z.shape);
    }));

  test('the default layer of a CAM is the last with rows and columns', () =>
    withResnet(async (network) => {
      expect((await gradCam(network, picture)).layer).toBe('resnet/conv3_block2_out/Relu');
    }));

  test('relevance without biases is the score', () =>
    withResnet(async (network) => {
      const { values, score } = await lrp(network, picture, { bias: false });
      const sum = values.data.reduce((total, value) => total + value, 0);
      expect(sum / (score[0] as number)).toBeCloseTo(1, 1);
    }));

  test('a window hidden anew is the score of the picture with the window hidden', () =>
    withResnet(async (network) => {
      const { values, score } = await occlusion(network, picture, { window: 16, stride: 16, baseline: 0, target: 3 });
      const hidden = Float32Array.from(picture.data, (value, i) => {
        const [row, column] = [Math.floor(i / (48 * 3)), Math.floor(i / 3) % 48];
        return row < 16 && column >= 16 && column < 32 ? 0 : value;
      });
      const { values: logits } = await predict(network, { shape: picture.shape, data: hidden }, { scale: 'logit' });
      expect(values.data[16 * 3]).toBeCloseTo((score[0] as number) - (logits.data[3] as number), 3);
    }));

  test('other weights in place of a node’s', () =>
    withResnet(async (network) => {
      const zeros = tf.zeros([64]);
      const unbiased = withParameters(network, ({ address, parameters }) =>
        address === 'resnet/conv1_relu/Relu' && parameters.kernel ? { ...parameters, bias: zeros } : undefined,
      );
      const change = (await predict(unbiased, picture)).values.data.map((value, i) => value - (y.data[i] as number));
      expect(Math.max(...change.map(Math.abs))).toBeGreaterThan(1e-6);
      unbiased.dispose();
      zeros.dispose();
    }));

  test('it frees all, and then says so', async () => {
    const before = tf.memory().numTensors;
    const { weightsManifest } = await readJson<{ weightsManifest: tf.io.WeightsManifestConfig }>(path);
    const floats = weightsManifest.flatMap(({ weights }) => weights).filter(({ dtype }) => dtype === 'float32');
    const network = await loadNetwork(await jsonSource(path));
    // One tensor for each weight, and none for axes and paddings.
    expect(tf.memory().numTensors - before).toBe(floats.length);
    network.dispose();
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(predict(network, picture)).rejects.toThrow(/is disposed; compile the model again/);
  });
});

describe('a GraphModel that tfjs-converter has loaded', () => {
  test('every function takes it, and leaves nothing in it', async () => {
    const model = await loadedGraphModel(path);
    const before = tf.memory().numTensors;
    await expectClose((await predict(model, x)).values, y);
    const { values } = await gradient(model, picture, { target: 3 });
    expect(tf.memory().numTensors).toBe(before);
    await withResnet(async (network) => {
      await expectClose(values, (await gradient(network, picture, { target: 3 })).values, { tolerance: 1e-6 });
    });
    expect(summary(model).parameterCount).toBe(21002);
    model.dispose();
  });

  test('one that has run before, whose weights may have left the memory of the CPU', async () => {
    const model = await loadedGraphModel(path);
    const floats = Object.values(model.weights).filter(([weight]) => weight?.dtype === 'float32');
    for (const [weight] of floats) {
      const used = tf.add(weight as tf.Tensor, 0);
      await used.data();
      used.dispose();
    }
    await expectClose((await predict(model, picture)).values, { shape: [1, 10], data: y.data.slice(0, 10) });
    model.dispose();
  });

  test('a network of it ends with the model', async () => {
    const model = await loadedGraphModel(path);
    const network = compile(model);
    await predict(network, picture);
    model.dispose();
    await expect(predict(network, picture)).rejects.toThrow(
      /expected a live model, got a GraphModel that was disposed/,
    );
    expect(() => compile(model)).toThrow(
      `"model" expected a live model, got the GraphModel "${path}", which was disposed`,
    );
    network.dispose();
  });

  test('a call that runs when it is disposed of says so', async () => {
    const model = await loadedGraphModel(path);
    const onProgress = (): void => model.dispose();
    await expect(predict(model, x, { batchSize: 1, onProgress })).rejects.toThrow(
      /expected a live model, got a GraphModel that was disposed/,
    );
  });

  test('one that is not loaded yet is refused', () => {
    const model = { executor: undefined, executeAsync: () => undefined };
    expect(() => compile(model as unknown as Parameters<typeof compile>[0])).toThrow(/expected a loaded GraphModel/);
  });
});
