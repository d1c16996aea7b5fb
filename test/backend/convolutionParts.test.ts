import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import {
  alone,
  chosen,
  type Instances,
  instancesOn,
  type KernelRunner,
  kernelsOf,
  type RunKernel,
  runWhole,
} from '../../src/backend/kernels/simd/instances.ts';
import * as simd from '../../src/backend/kernels/simd/simd.generated.ts';
import { memoryOfKernels, setRunner } from '../../src/backend/kernels/simd/simd.ts';
import { backend } from '../support/backend.ts';
import {
  expectedPasses,
  type LayerCase,
  numbersOf,
  passesOf,
  relativeError,
  taken,
  withConvolution,
  withDense,
} from '../support/linearLayers.ts';
import { modulesOf } from '../support/setup/modulesOf.ts';

const hasKernels = backend === 'wasm' && inject('kernels') !== 'none';
if (!hasKernels) console.warn(`LEFT OUT on ${backend}: parts of SIMD kernels: tfjs computes`);

interface Shape {
  readonly input: LayerCase['inputShape'];
  readonly window: readonly [number, number];
  readonly outputs: number;
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
}

// More and fewer outputs than a part takes at once, and what is left over of each.
const shapes: Readonly<Record<string, Shape>> = {
  'one pixel': { input: [1, 1, 1, 5], window: [1, 1], outputs: 3 },
  '1×1': { input: [2, 5, 7, 12], window: [1, 1], outputs: 19 },
  '1×1, strides': { input: [2, 5, 7, 12], window: [1, 1], outputs: 8, strides: [2, 3] },
  '3×3': { input: [3, 7, 5, 16], window: [3, 3], outputs: 12 },
  '3×3 of many channels': { input: [1, 9, 10, 64], window: [3, 3], outputs: 52 },
  '3×3, many tiles': { input: [1, 60, 50, 16], window: [3, 3], outputs: 16 },
  '3×3, strides': { input: [2, 8, 7, 3], window: [3, 3], outputs: 13, strides: [2, 1] },
  '3×2, dilated': { input: [2, 8, 9, 7], window: [3, 2], outputs: 5, dilations: [2, 3] },
  '7×7 of 3 channels': { input: [1, 15, 14, 3], window: [7, 7], outputs: 16, strides: [2, 2] },
  'to 3 channels': { input: [1, 9, 9, 8], window: [3, 3], outputs: 3 },
};

const one = [1, 1] as const;
function layerOf({ input, window, outputs, strides = one, dilations = one }: Shape): LayerCase {
  const geometry: WindowGeometry = { window, strides, dilations, padding: 'same' };
  return { inputShape: input, geometry, outputs, bias: true, activation: { ceiling: 6 }, seed: 2 };
}

describe.runIf(hasKernels)('convolutions in parts, the last first and one twice', () => {
  let instances: Instances = () => undefined;
  beforeAll(() => {
    instances = instancesOn(memoryOfKernels(tf.backend()) as WebAssembly.Memory, modulesOf(inject('kernels'), simd));
  });
  afterAll(() => {
    setRunner(tf.backend(), alone(instances) as KernelRunner);
  });

  const cases = Object.entries(shapes).flatMap(([name, shape]) =>
    (['exact', 'default', 'fast'] as const).map(
      (precision, i) => [name, precision, { ...layerOf(shape), seed: 10 * i }] as const,
    ),
  );

  test.each(cases)('have the same bits and write nowhere else: %s, %s', async (_, precision, example) => {
    const numbers = numbersOf(example);
    const results = async (): Promise<Float32Array[]> =>
      taken(withConvolution(example, numbers, { precision, run: (layer) => passesOf(layer, example.activation) }));
    // First, while nowhere lie the same numbers.
    leaveNaN();
    const written = watched();
    setRunner(tf.backend(), runnerOf(3, written.within(inParts(3))));
    const inThree = await results();
    written.end();
    expectedPasses(example, numbers).forEach(({ data }, i) => {
      expect(relativeError(inThree[i] as Float32Array, data, 1)).toBeLessThan(1e-5);
    });
    expect(written.elsewhere).toEqual([]);
    setRunner(tf.backend(), runnerOf(1, runWhole));
    expect(await results()).toEqual(inThree);
    for (const parts of [2, 7]) {
      setRunner(tf.backend(), runnerOf(parts, inParts(parts)));
      expect(await results()).toEqual(inThree);
    }
  });

  test.each([
    [1, 1280, 21],
    [5, 12, 9],
    [9, 7, 3],
  ])('have the same bits and write nowhere else: dense, %i rows, %i → %i', async (rows, inputs, outputs) => {
    const example = layerOf({ input: [1, 1, rows, inputs], window: [1, 1], outputs });
    const numbers = numbersOf(example);
    const results = async (): Promise<Float32Array[]> => taken(withDense(numbers, { run: (layer) => passesOf(layer) }));
    const written = watched();
    setRunner(tf.backend(), runnerOf(3, written.within(inParts(3))));
    const inThree = await results();
    written.end();
    expect(written.elsewhere).toEqual([]);
    setRunner(tf.backend(), runnerOf(1, runWhole));
    expect(await results()).toEqual(inThree);
  });

  function runnerOf(parts: number, run: RunKernel): KernelRunner {
    return {
      parts,
      isRelaxed: instances('relaxed') !== undefined,
      kernels(build) {
        const instance = chosen(instances, build);
        return instance && kernelsOf(instance, run);
      },
    };
  }
});

/** What is free holds NaN, which comes out where a kernel reads what nobody wrote. */
function leaveNaN(): void {
  tf.dispose(Array.from({ length: 18 }, (_, k) => tf.fill([2 ** (k + 2)], Number.NaN)));
}

function inParts(parts: number): RunKernel {
  return (kernel, numbers) => {
    for (let part = parts - 1; part >= 0; part--) kernel(...numbers, part, parts);
    kernel(...numbers, parts - 1, parts);
  };
}

/** A backend of wasm as far as it is watched. */
interface Watched {
  makeOutput(...of: unknown[]): TensorInfo;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
}

/** Tells which bytes kernels write besides the tensors that are made for them. */
function watched(): { within(run: RunKernel): RunKernel; end(): void; readonly elsewhere: readonly number[] } {
  const onWasm = tf.backend() as unknown as Watched;
  const memory = memoryOfKernels(tf.backend()) as WebAssembly.Memory;
  const made: (readonly [start: number, end: number])[] = [];
  const elsewhere: number[] = [];
  const { makeOutput } = onWasm;
  onWasm.makeOutput = (...of) => {
    const tensor = makeOutput.apply(onWasm, of);
    const start = onWasm.dataIdMap.get(tensor.dataId).memoryOffset;
    made.push([start, start + 4 * (tensor as Tensor).shape.reduce((size, length) => size * length, 1)]);
    return tensor;
  };
  return {
    elsewhere,
    within: (run) => (kernel, numbers, place) => {
      const before = new Uint32Array(memory.buffer).slice();
      run(kernel, numbers, place);
      const after = new Uint32Array(memory.buffer);
      for (let i = 0; i < before.length; i++) {
        if (before[i] === after[i]) continue;
        if (!made.some(([start, end]) => 4 * i >= start && 4 * i < end)) elsewhere.push(4 * i);
      }
    },
    end: () => {
      onWasm.makeOutput = makeOutput;
    },
  };
}
