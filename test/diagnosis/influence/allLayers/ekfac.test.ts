import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { installKernels } from '../../../../src/backend/installKernels.ts';
import {
  type EkfacSettings,
  ekfacInfluence,
  ekfacSelfInfluence,
} from '../../../../src/diagnosis/influence/allLayers/ekfac.ts';
import type { GradientParameters } from '../../../../src/diagnosis/influence/allLayers/gradientProblem.ts';
import type { Progress } from '../../../../src/network/types.ts';
import { withNetwork } from '../../../../src/network/withNetwork.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { chain, conv, free, inputsOf, picture, randomized } from '../../../oracle/building.ts';
import { explicitEkfac } from '../../../oracle/ekfac.ts';
import { exactInfluence } from '../../../oracle/softmaxInfluence.ts';
import { expectClose } from '../../../support/close.ts';

installKernels();

const classes = 3;
const dense = (config: object = {}) =>
  l.dense({ units: classes, activation: 'softmax', name: 'classes', ...config } as Parameters<typeof l.dense>[0]);
const convolutional = (): LayersModel =>
  randomized(chain(picture, conv({ name: 'conv', activation: 'relu' }), l.flatten(), dense()), 3);

interface Wanted extends EkfacSettings {
  readonly parameters?: GradientParameters;
  readonly batchSize?: number;
  readonly count?: number;
  readonly seed?: number;
}

function sets(model: LayersModel, count: number) {
  const labelsOf = (length: number) => Array.from({ length }, (_, i) => (i * i) % classes);
  return {
    training: { inputs: inputsOf(model, count), labels: labelsOf(count) },
    test: { inputs: inputsOf(model, 4, 9), labels: labelsOf(4) },
  };
}

async function found(
  model: LayersModel,
  { parameters = 'all', batchSize = 4, count = 12, seed = 0, ...settings }: Wanted = {},
) {
  return withNetwork(model, async (network) => {
    const problem = { network, head: network.heads[0], parameters, seed, batchSize };
    const { training, test } = sets(model, count);
    const influence = await ekfacInfluence(problem, training, test, settings);
    const self = await ekfacSelfInfluence(problem, training, settings);
    const onItself = await ekfacInfluence(problem, training, training, settings);
    return { ...influence, self: self.values, onItself: onItself.lossChangeIfRemoved };
  });
}

async function arraysOf(model: LayersModel): Promise<NdArray[]> {
  return Promise.all(
    model.getWeights().map(async (tensor) => ({ shape: tensor.shape, data: Float32Array.from(await tensor.data()) })),
  );
}

describe('EK-FAC is the exact curvature of a head where this is a Kronecker product', () => {
  test('of a constant probability: a head of zeros', async () => {
    const model = chain([5], dense({ kernelInitializer: 'zeros' }));
    const { lossChangeIfRemoved } = await found(model, { samples: 'all', damping: 0.05 });
    const { training, test } = sets(model, 12);
    const [kernel, bias] = (await arraysOf(model)) as [NdArray, NdArray];
    const exact = exactInfluence({ kernel, bias, training, test, damping: 0.05 });
    await expectClose(lossChangeIfRemoved, exact, { tolerance: 1e-5, floor: 0 });
    free(model);
  });

  test('of a single feature and two classes', async () => {
    const model = randomized(chain([1], dense({ units: 2, useBias: false })), 2);
    const labels = [0, 1, 1, 0, 1, 0];
    const training = { inputs: inputsOf(model, 6), labels };
    const test = { inputs: inputsOf(model, 3, 9), labels: [1, 0, 1] };
    const { lossChangeIfRemoved } = await withNetwork(model, (network) =>
      ekfacInfluence({ network, head: network.heads[0], parameters: 'head', seed: 0 }, training, test, {
        samples: 'all',
        damping: 0.02,
      }),
    );
    const [kernel] = (await arraysOf(model)) as [NdArray];
    const exact = exactInfluence({ kernel, bias: undefined, training, test, damping: 0.02 });
    await expectClose(lossChangeIfRemoved, exact, { tolerance: 1e-5, floor: 0 });
    free(model);
  });
});

test('of another head it comes nearer than the products of the gradients', async () => {
  const model = randomized(chain([5], dense()), 4);
  const { training, test } = sets(model, 60);
  const [kernel, bias] = (await arraysOf(model)) as [NdArray, NdArray];
  const nearness = async (damping: number) => {
    const { lossChangeIfRemoved } = await found(model, { samples: 'all', damping, count: 60 });
    return correlation(lossChangeIfRemoved.data, exact.data);
  };
  const exact = exactInfluence({ kernel, bias, training, test, damping: 0.02 });
  // Measured: .929 and .867.
  expect(await nearness(0.02)).toBeGreaterThan(0.9);
  expect(await nearness(1e6)).toBeLessThan(0.88);
  free(model);
});

test('of several layers it is what plain loops over gradients of the tape give', async () => {
  const model = convolutional();
  const { lossChangeIfRemoved, damping, leftOut } = await found(model, { samples: 'all' });
  const explicit = await explicitEkfac(model, sets(model, 12));
  await expectClose(lossChangeIfRemoved, explicit.lossChangeIfRemoved, { tolerance: 1e-3, floor: 0 });
  damping.forEach(({ meanEigenvalue }, i) => expect(meanEigenvalue / (explicit.means[i] as number)).toBeCloseTo(1, 4));
  damping.forEach((layer) => expect(layer.damping / layer.meanEigenvalue).toBeCloseTo(0.1, 6));
  expect(damping.map(({ layer }) => layer)).toEqual(['conv', 'classes']);
  expect(leftOut).toEqual([]);
  free(model);
});

describe('whatever the network', () => {
  test('the influence of an example on itself is its self-influence', async () => {
    const model = convolutional();
    const { self, onItself } = await found(model);
    const diagonal = Float32Array.from(self, (_, i) => onItself.data[i * self.length + i] as number);
    await expectClose({ shape: [12], data: self }, { shape: [12], data: diagonal }, { tolerance: 1e-5, floor: 0 });
    free(model);
  });

  test('the result does not depend on the size of batches', async () => {
    const model = convolutional();
    const [one, five] = [await found(model, { batchSize: 1 }), await found(model, { batchSize: 5 })];
    await expectClose(five.lossChangeIfRemoved, one.lossChangeIfRemoved, { tolerance: 1e-4, floor: 0 });
    free(model);
  });

  test('drawn labels follow the seed, and many of them come near to all', async () => {
    const model = convolutional();
    const drawn = (seed: number, samples: number | 'all') => found(model, { seed, samples, damping: 0.05 });
    const [one, again, other] = [await drawn(0, 1), await drawn(0, 1), await drawn(1, 1)];
    expect(again.lossChangeIfRemoved.data).toEqual(one.lossChangeIfRemoved.data);
    expect(other.lossChangeIfRemoved.data).not.toEqual(one.lossChangeIfRemoved.data);
    const [many, all] = [await drawn(0, 200), await drawn(0, 'all')];
    expect(correlation(many.lossChangeIfRemoved.data, all.lossChangeIfRemoved.data)).toBeGreaterThan(0.99);
    free(model);
  });

  test('great damping leaves the products of gradients', async () => {
    const model = convolutional();
    const { lossChangeIfRemoved } = await found(model, { damping: 1e6 });
    const explicit = await explicitEkfac(model, sets(model, 12), 1e6);
    await expectClose(lossChangeIfRemoved, explicit.lossChangeIfRemoved, { tolerance: 1e-4, floor: 0 });
    free(model);
  });

  test('no damping, or less, is refused', async () => {
    const model = convolutional();
    await expect(found(model, { damping: 0 })).rejects.toThrow('"damping" expected a finite number above 0');
    free(model);
  });
});

test('it says how far it is, and stops when it is told to', async () => {
  const model = convolutional();
  const { training, test } = sets(model, 12);
  const stages: string[] = [];
  const controller = new AbortController();
  const run = (onProgress: (progress: Progress) => void) =>
    withNetwork(model, (network) => {
      const { signal } = controller;
      const problem = { network, head: network.heads[0], parameters: 'all' as const, seed: 0, batchSize: 4 };
      return ekfacInfluence({ ...problem, signal, onProgress }, training, test);
    });
  await run(({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`));
  expect(stages.filter((stage) => stage.endsWith('12/12'))).toEqual([
    'factors 12/12',
    'eigenvalues 12/12',
    'influence 12/12',
  ]);
  const stopped = run(({ stage }) => {
    if (stage === 'influence') controller.abort(new Error('enough'));
  });
  await expect(stopped).rejects.toThrow('enough');
  free(model);
});

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const centred = (values: ArrayLike<number>): number[] => {
    const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    return Array.from(values, (value) => value - mean);
  };
  const dot = (x: number[], y: number[]): number => x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  const [x, y] = [centred(a), centred(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}
