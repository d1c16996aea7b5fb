import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleAffine, sampleAffineGradient } from '../../src/backend/kernels/affineSampling.ts';
import type { Affine, Outside } from '../../src/backend/kernels/sampling/affineTable.ts';
import * as oracle from '../oracle/affineSampling.ts';
import type { Block } from '../oracle/windows.ts';
import { backend } from '../support/backend.ts';
import { inParts, type Kernel, type KernelCall, kernelsOnMemories } from '../support/kernelParts.ts';
import { expectBlock, noise, tensorOf } from '../support/windows.ts';

interface Example {
  readonly inputShape: Block['shape'];
  readonly size: readonly [number, number];
  readonly outside: Outside;
  readonly maps: readonly Affine[];
  readonly seed: number;
}

const side = fc.integer({ min: 1, max: 9 });

/** Turned by any angle, made up to three times larger and down to .3, moved, mirrored and sheared a little. */
const affine = fc
  .record({
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    scale: fc.double({ min: 0.3, max: 3, noNaN: true }),
    mirrored: fc.boolean(),
    shear: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    start: fc.tuple(fc.double({ min: -6, max: 12, noNaN: true }), fc.double({ min: -6, max: 12, noNaN: true })),
  })
  .map(({ angle, scale, mirrored, shear, start }): Affine => {
    const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
    const flip = mirrored ? -1 : 1;
    const map = [cos, flip * (sin + shear), start[0], -sin, flip * cos, start[1]];
    return map.map(Math.fround) as unknown as Affine;
  });

/** Whole steps, for which every weight is 0 or 1. */
const shift = fc
  .tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
  .map(([row, column]): Affine => [1, 0, row, 0, 1, column]);

const examples: fc.Arbitrary<Example> = fc
  .record({ count: fc.integer({ min: 1, max: 3 }), shared: fc.boolean() })
  .chain(({ count, shared }) =>
    fc.record({
      inputShape: fc
        .tuple(side, side, fc.constantFrom(1, 2, 3, 4, 5, 8))
        .map((shape) => [count, ...shape] as Block['shape']),
      size: fc.tuple(side, side),
      outside: fc.constantFrom<Outside>(0.5, 0, -1.25, 'reflect', 'clamp'),
      maps: fc.array(fc.oneof({ weight: 4, arbitrary: affine }, shift), {
        minLength: shared ? 1 : count,
        maxLength: shared ? 1 : count,
      }),
      seed: fc.integer({ min: 0, max: 1000 }),
    }),
  );
const cases = { numRuns: { webgl: 8, webgpu: 40 }[backend] ?? 200 };

test('sampleAffine(pictures, sampling)', async () => {
  const property = fc.asyncProperty(examples, async ({ inputShape, seed, ...sampling }) => {
    const pictures = noise(inputShape, seed);
    await expectBlock(() => sampleAffine(tensorOf(pictures), sampling), oracle.sampleAffine(pictures, sampling));
  });
  await fc.assert(property, cases);
});

test('sampleAffineGradient(cotangent, inputSize, sampling)', async () => {
  const property = fc.asyncProperty(examples, async ({ inputShape, seed, ...sampling }) => {
    const cotangent = noise([inputShape[0], ...sampling.size, inputShape[3]], seed);
    await expectBlock(
      () => sampleAffineGradient(tensorOf(cotangent), [inputShape[1], inputShape[2]], sampling),
      oracle.sampleAffineGradient(cotangent, inputShape, sampling),
    );
  });
  await fc.assert(property, cases);
});

test('sampleAffine: a whole picture far beyond what is read, and one that all is read from', async () => {
  const pictures = noise([1, 3, 4, 3], 5);
  for (const outside of [0.25, 'reflect', 'clamp'] as const) {
    for (const start of [-1000, 1000]) {
      const sampling = { maps: [[1, 0.25, start, 0, 1.5, -start]], size: [3, 2], outside } as const;
      await expectBlock(() => sampleAffine(tensorOf(pictures), sampling), oracle.sampleAffine(pictures, sampling));
    }
    // Of no extent: every pixel shows one place, (1.25, 2.5).
    const sampling = { maps: [[0, 0, 1.25, 0, 0, 2.5]], size: [20, 30], outside } as const;
    const cotangent = noise([1, 20, 30, 3], 6);
    await expectBlock(
      () => sampleAffineGradient(tensorOf(cotangent), [3, 4], sampling),
      oracle.sampleAffineGradient(cotangent, pictures.shape, sampling),
    );
  }
});

test('sampleAffine and its gradient leave no tensor behind', () => {
  const [pictures, cotangent] = [tf.ones([2, 5, 6, 3]) as tf.Tensor4D, tf.ones([2, 4, 4, 3]) as tf.Tensor4D];
  const before = tf.memory().numTensors;
  for (const maps of [
    [[1, 0, 1, 0, 1, 1]],
    [
      [1, 0, 1, 0, 1, 1],
      [2, 0, 0, 0, 2, 0],
    ],
  ] as Affine[][]) {
    for (const outside of [0.5, 'clamp'] as const) {
      const sampling = { maps, size: [4, 4], outside } as const;
      sampleAffine(pictures, sampling).dispose();
      sampleAffineGradient(cotangent, [5, 6], sampling).dispose();
    }
  }
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([pictures, cotangent]);
});

const mode = (outside: Outside): number => (typeof outside === 'number' ? 0 : { reflect: 1, clamp: 2 }[outside]);
const firstBits = new Map<string, Float32Array>();

/** Both builds and both memories give the same bits. */
function expectSameBits(name: string, found: Float32Array): void {
  expect(found).toEqual(firstBits.get(name) ?? found);
  firstBits.set(name, found);
}

describe.each(kernelsOnMemories(16))('the $build build on $name memory', ({ memory, kernels }) => {
  test('sampleAffine and sampleAffineGradient in parts the same, of one bit in all builds, and write nothing beyond', () => {
    let run = 0;
    const property = fc.property(examples, ({ inputShape, size, outside, maps, seed }) => {
      const [pictures, list] = [noise(inputShape, seed).data, Float64Array.from(maps.flat())];
      const sizes = [...inputShape, ...size, maps.length > 1 ? 24 : 0, mode(outside)];
      const outShape = [inputShape[0], ...size, inputShape[3]] as const;
      const forward: KernelCall = {
        operands: [pictures, list],
        addressed: (at, result) => [...at, result, ...sizes, typeof outside === 'number' ? outside : 0],
        room: 0,
        size: outShape.reduce((a, b) => a * b),
      };
      const backward: KernelCall = {
        operands: [noise(outShape, seed + 1).data, list],
        addressed: (at, result) => [...at, result, ...sizes],
        room: 0,
        size: pictures.length,
      };
      expectSameBits(`forward ${run}`, inParts(memory, kernels['sampleAffine'] as Kernel, forward));
      expectSameBits(`backward ${run}`, inParts(memory, kernels['sampleAffineGradient'] as Kernel, backward));
      run++;
    });
    fc.assert(property, { numRuns: 100, seed: 1 });
  });
});
