import '@tensorflow/tfjs-backend-wasm';
import { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { outputOf } from '../../scripts/run.ts';
import { describeBackend, useBackend } from '../../src/backend/index.ts';
import {
  compile,
  gradCam,
  gradient,
  lrp,
  type Model,
  type NdArray,
  occlusion,
  predict,
  withNetwork,
} from '../../src/index.ts';
import { readModel } from '../../src/node/index.ts';
import { convolutions } from '../support/convolutions.ts';

const inWasm = async (threads: number): Promise<void> => {
  const { features } = await useBackend('wasm', { threads });
  expect(features).toMatchObject({ threads: threads > 1, threadCount: threads });
};

describe('useBackend("wasm", { threads })', () => {
  test('starts threads on a memory that they share, and leaves WebAssembly as it was', async () => {
    const { instantiate, instantiateStreaming } = WebAssembly;
    const { features, warnings } = await useBackend('wasm', { threads: 3 });
    expect(features).toMatchObject({ threads: true, threadCount: 3 });
    expect(warnings.filter((text) => text.includes('thread'))).toEqual([]);
    expect((await describeBackend()).features.threadCount).toBe(3);
    expect([WebAssembly.instantiate, WebAssembly.instantiateStreaming]).toEqual([instantiate, instantiateStreaming]);
  });

  test.each([0, -1, 1.5, 32, '2', null])('refuses %j threads', async (threads) => {
    const refused = '"threads" expected an integer in 1..31';
    await expect(useBackend('wasm', { threads: threads as number })).rejects.toThrow(refused);
  });

  test('refuses a misspelt option', async () => {
    await expect(useBackend('wasm', { thread: 2 } as object)).rejects.toThrow('expected some of threads, got "thread"');
  });

  test('is for wasm: another backend does not look at it', async () => {
    const { name, features } = await useBackend('cpu', { threads: 3 });
    expect({ name, threadCount: features.threadCount }).toEqual({ name: 'cpu', threadCount: 1 });
  });

  test('ends threads when it is called for another number, and when the backend is removed', async () => {
    const { factory, priority } = tf.engine().registryFactory['wasm'] as { factory: () => never; priority: number };
    const ended = vi.spyOn(Worker.prototype, 'terminate');
    try {
      await inWasm(3);
      await inWasm(3);
      expect(ended).toHaveBeenCalledTimes(0);
      await inWasm(2);
      expect(ended).toHaveBeenCalledTimes(2);
      expect((await useBackend('wasm')).features.threadCount).toBe(1);
      expect(ended).toHaveBeenCalledTimes(3);
      await inWasm(2);
      tf.removeBackend('wasm');
      expect(ended).toHaveBeenCalledTimes(4);
    } finally {
      ended.mockRestore();
      tf.registerBackend('wasm', factory, priority);
      await inWasm(2);
    }
  });
});

describe('in threads all is the same, bit for bit,', () => {
  // Started by more than one, it is on a memory that they can share.
  beforeAll(() => inWasm(2));
  afterEach(() => inWasm(1));

  const inputOf = ([, ...shape]: readonly (number | null)[]): NdArray => {
    const sizes = [1, ...shape.map((size) => size ?? 1)];
    return {
      shape: sizes,
      data: Float32Array.from({ length: tf.util.sizeFromShape(sizes) }, (_, i) => Math.sin(i * i)),
    };
  };

  const explained = (model: Model, x: NdArray, window: number): Promise<unknown> =>
    withNetwork(model, async (network) => ({
      output: await predict(network, x),
      gradient: await gradient(network, x),
      gradCam: await gradCam(network, x),
      relevance: await lrp(network, x),
      occlusion: await occlusion(network, x, { window, stride: window }),
    }));

  test('of a small network with every kind of convolution', async () => {
    await inWasm(1);
    const model = convolutions();
    const x = inputOf(model.inputs[0]?.shape ?? []);
    const alone = await explained(model, x, 24);
    for (const threads of [2, 3]) {
      await inWasm(threads);
      expect(await explained(model, x, 24)).toEqual(alone);
    }
    model.dispose();
  });

  test('of EfficientNet-Lite0', async () => {
    await inWasm(1);
    const model = await readModel('examples/models/efficientnet-lite0/model.json');
    const x = inputOf(model.inputs[0]?.shape ?? []);
    const alone = await explained(model, x, 112);
    await inWasm(2);
    expect(await explained(model, x, 112)).toEqual(alone);
    model.dispose();
  });

  test('after a call that was aborted, too', async () => {
    await inWasm(2);
    const model = convolutions();
    const network = compile(model);
    const x = inputOf(model.inputs[0]?.shape ?? []);
    const map = await gradient(network, x);
    const controller = new AbortController();
    const call = occlusion(network, x, { window: 8, stride: 4, signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(call).rejects.toThrow('aborted');
    expect(await gradient(network, x)).toEqual(map);
    network.dispose();
    model.dispose();
  });
});

describe('in a process', () => {
  const started = (lines: string): Promise<string> =>
    outputOf('node', [
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      `import '@tensorflow/tfjs-backend-wasm';
      import * as tf from '@tensorflow/tfjs-core';
      import { useBackend } from './src/backend/index.ts';
      ${lines}`,
    ]);

  test('that has nothing else to do, threads end', async () => {
    const printed = await started(`
      const { features } = await useBackend('wasm', { threads: 4 });
      console.log(features.threadCount);`);
    expect(printed).toMatch(/^4$/m);
  });

  test('whose backend has started before, it is told that there are none', async () => {
    const printed = await started(`
      await tf.setBackend('wasm');
      const { features, warnings } = await useBackend('wasm', { threads: 2 });
      console.log(features.threads, ...warnings.filter((text) => text.includes('thread')));`);
    expect(printed).toMatch(
      /^false the kernels on wasm run in one thread, not in several: the backend has started on a memory of its own/m,
    );
  });
});
