import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, inject, test } from 'vitest';
import { occlusion } from '../../src/attribution/perturbation/hiding/occlusion.ts';
import type { Precision } from '../../src/backend/kernels/convolve.ts';
import * as simd from '../../src/backend/kernels/simd/simd.generated.ts';
import { startSimd } from '../../src/backend/kernels/simd/simd.ts';
import { type CompileOptions, compile } from '../../src/network/compile.ts';
import { loadModel } from '../../src/network/loadModel.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';
import { backend, thorough } from '../support/backend.ts';
import { readFixture } from '../support/fixtures.ts';
import { relativeError, taken } from '../support/linearLayers.ts';
import { fixtureModel } from '../support/models.ts';
import { noiseTensor, passes } from '../support/operations.ts';
import { type KernelChoice, modulesOf } from '../support/setup/modulesOf.ts';

const onWasm = backend === 'wasm';
if (!onWasm)
  console.warn(`LEFT OUT on ${backend}: that "exact" has the bits of tfjs: elsewhere all is computed by tfjs`);

/** 3×3 convolutions of many channels, pooled, and what else convolutions are made of. */
function wide(): LayersModel {
  const conv = (filters: number, config: object = {}) =>
    l.conv2d({ filters, kernelSize: 3, padding: 'same', ...config });
  return randomized(
    chain(
      [24, 22, 3],
      conv(16, { strides: 2, activation: 'relu' }),
      conv(24, { useBias: false }),
      l.batchNormalization(),
      l.reLU({ maxValue: 6 }),
      conv(16, { padding: 'valid', activation: 'relu' }),
      l.maxPooling2d({ poolSize: 2 }),
      conv(20, { kernelSize: 1, activation: 'relu' }),
      l.conv2dTranspose({ filters: 9, kernelSize: 3, strides: 2 }),
      conv(12, { dilationRate: 2, activation: 'relu' }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 11, activation: 'relu' }),
      l.dense({ units: 5 }),
    ),
  );
}

async function efficientnet(): Promise<LayersModel> {
  const read = (path: string): Promise<Uint8Array> => readFixture(`../../examples/models/efficientnet-lite0/${path}`);
  return loadModel({ json: await read('model.json'), read });
}

type Make = () => Promise<LayersModel>;
const models: Readonly<Record<string, Make>> = {
  wide: async () => wide(),
  'vgg-tiny': () => fixtureModel('vgg-tiny'),
  'bn-residual-tiny': () => fixtureModel('bn-residual-tiny'),
  'inception-tiny': () => fixtureModel('inception-tiny'),
  'mobile-tiny': () => fixtureModel('mobile-tiny'),
  'EfficientNet-Lite0': efficientnet,
};

/** Output and input gradient of a network; nothing is kept. */
async function resultsOf(make: Make, options?: CompileOptions): Promise<readonly Float32Array[]> {
  return ofNetwork(make, options, (network, x) => {
    const { y, cotangent, gradient } = passes(network, x);
    cotangent.dispose();
    return [y, gradient];
  });
}

async function ofNetwork(
  make: Make,
  options: CompileOptions | undefined,
  run: (network: Network, x: Tensor) => readonly Tensor[],
): Promise<readonly Float32Array[]> {
  const model = await make();
  const network = compile(model, options);
  const x = noiseTensor([1, ...((model.inputs[0] as SymbolicTensor).shape.slice(1) as number[])], 4);
  const results = await taken(run(network, x));
  network.dispose();
  x.dispose();
  free(model);
  return results;
}

describe.runIf(onWasm)('precision "exact" gives the bits of the engine on the kernels of tfjs', () => {
  // Input gradients of depthwise convolutions, and of average pooling by them, have kernels of their own everywhere.
  const summedApart = ['inception-tiny', 'mobile-tiny', 'EfficientNet-Lite0'];

  test.each(Object.entries(models))('%s', async (name, make) => {
    const [output, gradient] = (await resultsOf(make, { precision: 'exact' })) as [Float32Array, Float32Array];
    await restartWasm('none');
    const [stockOutput, stockGradient] = (await resultsOf(make)) as [Float32Array, Float32Array];
    await restartWasm(inject('kernels'));
    expect(unlike(output, stockOutput), 'values of the output').toBe(0);
    if (summedApart.includes(name)) expect(relativeError(gradient, stockGradient)).toBeLessThan(1e-5);
    else expect(unlike(gradient, stockGradient), 'values of the gradient').toBe(0);
  });

  function unlike(found: Float32Array, expected: Float32Array): number {
    const [a, b] = [found, expected].map((values) => new Uint32Array(values.slice().buffer));
    return (a as Uint32Array).filter((bits, i) => bits !== b?.[i]).length;
  }

  /** A new backend in the place of the current one, on which there may be no tensors. */
  async function restartWasm(kernels: KernelChoice): Promise<void> {
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
    await tf.setBackend('wasm');
    startSimd(modulesOf(kernels, simd));
  }
});

describe('every precision gives the same values but for rounding', () => {
  const few = Object.entries(models).slice(0, thorough ? -1 : 2);

  test.each(few)('%s', async (_, make) => {
    const [exact] = await resultsOf(make, { precision: 'exact' });
    for (const precision of ['default', 'fast'] as const) {
      const [found] = await resultsOf(make, { precision });
      expect(relativeError(found as Float32Array, exact as Float32Array), precision).toBeLessThan(1e-5);
    }
  });
});

test.runIf(thorough).each(['exact', 'default'] as const)(
  'to cover pixels by what they show takes nothing away, to the bit: %s',
  async (precision) => {
    const model = wide();
    const network = compile(model, { precision });
    const x = inputsOf(model, 1)[0] as NdArray;
    // The upper half shows one color, by which windows are covered.
    const data = x.data.map((value, i) => (i < x.data.length / 2 ? 0.25 : value));
    const { values } = await occlusion(network, { ...x, data }, { window: [4, 3], stride: [4, 3], baseline: 0.25 });
    expect(values.data.slice(0, data.length / 2).every((value) => value === 0)).toBe(true);
    expect(values.data.slice(data.length / 2).some((value) => value !== 0)).toBe(true);
    network.dispose();
    free(model);
  },
);

test('precision: what is not known is refused', () => {
  const model = wide();
  const precision = 'fastest' as Precision;
  expect(() => compile(model, { precision })).toThrow(/"precision" expected one of .*exact.*got "fastest"/);
  free(model);
});
