import type { LayersModel } from '@tensorflow/tfjs-layers';
import { model as functional, input, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { installKernels } from '../../../../src/backend/installKernels.ts';
import type { Checkpoint } from '../../../../src/diagnosis/influence/allLayers/checkpoints.ts';
import { readCheckpoints } from '../../../../src/diagnosis/influence/allLayers/checkpoints.ts';
import type { GradientParameters } from '../../../../src/diagnosis/influence/allLayers/gradientProblem.ts';
import { tracInInfluence, tracInSelfInfluence } from '../../../../src/diagnosis/influence/allLayers/tracIn.ts';
import { withNetwork } from '../../../../src/network/withNetwork.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { apply, chain, conv, free, inputsOf, norm, picture, randomized } from '../../../oracle/building.ts';
import { expectClose } from '../../../support/close.ts';
import { productsOf, tapeGradients } from '../../../support/tapeGradients.ts';

installKernels();

const classes = 3;
const head = () => [l.flatten(), l.dense({ units: classes, activation: 'softmax', name: 'classes' })];
const networks: Readonly<Record<string, () => LayersModel>> = {
  'dense layers': () =>
    chain(
      [4],
      l.dense({ units: 5, activation: 'tanh' }),
      l.dense({ units: classes, activation: 'softmax', name: 'classes' }),
    ),
  'convolutions with strides and padding': () =>
    chain(picture, conv({ padding: 'same', strides: [2, 1], activation: 'relu' }), conv({ kernelSize: 2 }), ...head()),
  'a convolution without bias': () => chain(picture, conv({ kernelSize: 2, useBias: false }), l.reLU(), ...head()),
  'depthwise and separable convolutions': () =>
    chain(
      picture,
      l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
      l.separableConv2d({ filters: 3, kernelSize: 2, depthMultiplier: 2, activation: 'relu' }),
      ...head(),
    ),
  'a transposed convolution': () =>
    chain(picture, l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }), l.reLU(), ...head()),
  'a convolution of sequences, and a dense layer of each frame': () =>
    chain([6, 2], l.conv1d({ filters: 3, kernelSize: 3 }), l.dense({ units: 2 }), ...head()),
  'a layer applied to each frame': () =>
    chain([3, 5, 5, 2], l.timeDistributed({ layer: conv({ filters: 2 }) }), ...head()),
  'a layer that is called twice': () => {
    const x = input({ shape: picture });
    const shared = l.conv2d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'tanh' });
    const [flat, last] = head() as [ReturnType<typeof l.flatten>, ReturnType<typeof l.dense>];
    return functional({ inputs: x, outputs: apply(last, apply(flat, apply(shared, apply(shared, x)))) });
  },
};

/** Weights of a model as a checkpoint, as arrays; the model keeps others. */
async function checkpointOf(model: LayersModel, learningRate: number): Promise<Checkpoint> {
  const weights = await Promise.all(
    model.getWeights().map(async (tensor) => ({ shape: tensor.shape, data: (await tensor.data()).slice() })),
  );
  return { weights, learningRate } as Checkpoint;
}

const labelsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 2) % classes);

interface Wanted {
  readonly parameters: GradientParameters;
  readonly batchSize?: number;
}

async function found(model: LayersModel, checkpoints: readonly Checkpoint[], { parameters, batchSize = 3 }: Wanted) {
  return withNetwork(model, async (network) => {
    const problem = { network, head: network.heads[0], parameters, seed: 0, batchSize };
    const inputs = inputsOf(model, 5);
    const training = { inputs, labels: labelsOf(5) };
    const test = { inputs: inputsOf(model, 2, 9), labels: [1, 2] };
    const read = await readCheckpoints(network, checkpoints);
    return {
      ...(await tracInInfluence(problem, training, { test, checkpoints: read })),
      self: (await tracInSelfInfluence(problem, training, read)).values,
    };
  });
}

/** Σ_c η_c ∇L_c(t)·∇L_c(i) by the tape, with the weights of each checkpoint set in turn. */
async function expected(
  model: LayersModel,
  seeds: readonly number[],
  rates: readonly number[],
  counts?: (name: string) => boolean,
) {
  const [x, y] = [inputsOf(model, 5)[0] as NdArray, inputsOf(model, 2, 9)[0] as NdArray];
  const sum = { shape: [2, 5], data: new Float32Array(10) };
  const self = new Float32Array(5);
  for (const [c, seed] of seeds.entries()) {
    randomized(model, seed);
    const training = await tapeGradients(model, x, labelsOf(5), counts);
    const test = await tapeGradients(model, y, [1, 2], counts);
    productsOf(test, training).data.forEach((value, i) => (sum.data[i]! += (rates[c] as number) * value));
    training.forEach((row, i) => (self[i]! += (rates[c] as number) * (productsOf([row], [row]).data[0] as number)));
  }
  return { sum, self };
}

describe.each(Object.entries(networks))('TracInCP of %s', (_, build) => {
  test('adds up the products of the gradients of the tape over two checkpoints', async () => {
    const model = build();
    const checkpoints = [];
    for (const [i, seed] of [3, 4].entries())
      checkpoints.push(await checkpointOf(randomized(model, seed), [0.1, 0.02][i] as number));
    randomized(model, 8);
    const { lossChangeIfRemoved, leftOut, self } = await found(model, checkpoints, { parameters: 'all' });
    const right = await expected(model, [3, 4], [0.1, 0.02]);
    await expectClose(lossChangeIfRemoved, right.sum, { tolerance: 1e-4 });
    await expectClose({ shape: [5], data: self }, { shape: [5], data: right.self }, { tolerance: 1e-4 });
    expect(leftOut).toEqual([]);
    free(model);
  });
});

describe('the weights that count', () => {
  const normalized = (): LayersModel =>
    chain(
      picture,
      conv({ name: 'conv1', useBias: false }),
      norm({ name: 'norm1' }),
      l.reLU(),
      conv({ name: 'conv2' }),
      ...head(),
    );

  test('batch normalisation is left out by name, and its place in a checkpoint is taken', async () => {
    const model = normalized();
    const checkpoints = [await checkpointOf(randomized(model, 3), 0.1)];
    randomized(model, 8);
    const { lossChangeIfRemoved, leftOut } = await found(model, checkpoints, { parameters: 'all' });
    const right = await expected(model, [3], [0.1], (name) => !name.includes('norm1'));
    await expectClose(lossChangeIfRemoved, right.sum, { tolerance: 1e-4 });
    expect(leftOut).toEqual(['norm1']);
    free(model);
  });

  test.each([
    ['head' as const, 'classes'],
    [['conv2'], 'conv2'],
    [['conv1', 'classes'], 'conv1|classes'],
  ])('%s', async (parameters, names) => {
    const model = normalized();
    const checkpoints = [await checkpointOf(randomized(model, 3), 0.1)];
    const { lossChangeIfRemoved, leftOut } = await found(model, checkpoints, { parameters });
    const right = await expected(model, [3], [0.1], (name) => new RegExp(names).test(name));
    await expectClose(lossChangeIfRemoved, right.sum, { tolerance: 1e-4 });
    expect(leftOut).toEqual([]);
    free(model);
  });

  test('the result does not depend on the size of batches', async () => {
    const model = normalized();
    const checkpoints = [await checkpointOf(randomized(model, 3), 0.1)];
    const one = await found(model, checkpoints, { parameters: 'all', batchSize: 1 });
    const five = await found(model, checkpoints, { parameters: 'all', batchSize: 5 });
    await expectClose(five.lossChangeIfRemoved, one.lossChangeIfRemoved, { tolerance: 1e-5 });
    free(model);
  });

  test('what cannot be is refused by name', async () => {
    const model = randomized(normalized());
    const own = await checkpointOf(model, 0.1);
    const wrong = (checkpoints: unknown, parameters: GradientParameters = 'all') =>
      found(model, checkpoints as readonly Checkpoint[], { parameters });
    await expect(wrong([own], ['norm1'])).rejects.toThrow('"parameters[0]" expected one of conv1, conv2, classes');
    await expect(wrong([own], ['conv3'])).rejects.toThrow('near: conv');
    await expect(wrong(undefined)).rejects.toThrow('"checkpoints" expected a list');
    await expect(wrong([{ ...own, learningRate: Number.NaN }])).rejects.toThrow('"checkpoints[0].learningRate"');
    await expect(wrong([own, { ...own, weights: own.weights.slice(1) }])).rejects.toThrow(
      '"checkpoints[1].weights" expected the 9 weights',
    );
    const [first, ...rest] = own.weights;
    const turned = { ...own, weights: [{ ...(first as NdArray), shape: [2, 3, 3, 3] }, ...rest] };
    await expect(wrong([turned])).rejects.toThrow('"checkpoints[0].weights[0]" expected shape [3, 3, 2, 3]');
    free(model);
  });
});
