import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { bySimd } from '../../src/backend/kernels/simd/simd.ts';
import { compile } from '../../src/network/compile.ts';
import { withNetwork } from '../../src/network/withNetwork.ts';
import { chain, free, randomized } from '../oracle/building.ts';

function small(seed = 1): LayersModel {
  return randomized(
    chain([4, 4, 2], l.conv2d({ filters: 3, kernelSize: 3 }), l.flatten(), l.dense({ units: 2 })),
    seed,
  );
}

const outputOf = async (network: Parameters<Parameters<typeof withNetwork>[1]>[0]): Promise<number[]> => {
  const y = tf.tidy(() =>
    network
      .forward([tf.ones([1, 4, 4, 2])])
      .value(network.heads[0]?.site as never)
      .clone(),
  );
  const data = Array.from(await y.data());
  y.dispose();
  return data;
};

test('withNetwork(model, job) gives what the compiled network gives, and frees it', async () => {
  const model = small();
  const network = compile(model);
  const expected = await withNetwork(network, outputOf);
  const before = tf.memory().numTensors;
  expect(await withNetwork(model, outputOf)).toEqual(expected);
  expect(tf.memory().numTensors).toBe(before);
  network.dispose();
  free(model);
});

test('withNetwork(model, job): weights that change before the job begins are told', async () => {
  const [model, other] = [small(), small(2)];
  const found = withNetwork(model, outputOf);
  model.setWeights(other.getWeights());
  await expect(found).rejects.toThrow('changed while a call was running');
  [model, other].forEach(free);
});

test('withNetwork(model, job) loads what the kernels of wasm are made of, and nothing elsewhere', async () => {
  await inFreshBackend(async () => {
    const model = small();
    expect(runsSimd()).toBe(false);
    await withNetwork(model, outputOf);
    expect(runsSimd()).toBe(tf.getBackend() === 'wasm');
    free(model);
  });
});

test('compile(model) has the kernels of wasm at once', async () => {
  await inFreshBackend(async () => {
    const model = small();
    const network = compile(model);
    tf.tidy(() => void network.forward([tf.ones([1, 4, 4, 2])]));
    expect(runsSimd()).toBe(tf.getBackend() === 'wasm');
    network.dispose();
    free(model);
  });
});

/** Whether a kernel runs on the current backend. */
function runsSimd(): boolean {
  return tf.tidy(() => {
    const x = tf.tensor1d([-1, 2]);
    return bySimd([x, x], [2], ({ kernels, at, result }) => kernels.reluGradient(...at, result, 2, 6)) !== undefined;
  });
}

/** Runs a job on a backend that nothing was started for. */
async function inFreshBackend(job: () => Promise<void>): Promise<void> {
  const name = tf.getBackend();
  const factory = tf.findBackendFactory(name);
  // A second backend of a GPU would have to be waited for by all that runs; it has no such kernels.
  if (name !== 'wasm') return job();
  tf.removeBackend(name);
  tf.registerBackend(name, factory);
  await tf.setBackend(name);
  await job();
}
