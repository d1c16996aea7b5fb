import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { random } from '../../src/numeric/random.ts';
import { type Block, outputLength, zeros } from '../oracle/windows.ts';
import { backend } from './backend.ts';

// The GPU backends would compute small tensors in JavaScript.
for (const name of ['webgl', 'webgpu'].filter((name) => name === backend)) {
  tf.env().set(`${name.toUpperCase()}_CPU_FORWARD`, false);
}

/** A window on a picture, with the channels that come out for each that goes in. */
export interface WindowCase {
  readonly inputShape: Block['shape'];
  readonly geometry: WindowGeometry;
  readonly outputs: number;
  readonly seed: number;
}

const pair = (max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));

/** Windows of every kind that fit on the picture. */
export function windowCases(greatest: { dilation: number }): fc.Arbitrary<WindowCase> {
  return fc
    .record({
      inputShape: fc
        .tuple(fc.integer({ min: 1, max: 3 }), pair(9), fc.integer({ min: 1, max: 4 }))
        .map(([batch, size, channels]) => [batch, ...size, channels] as Block['shape']),
      geometry: fc.record({
        window: pair(5),
        strides: pair(3),
        padding: fc.constantFrom('same' as const, 'valid' as const),
        dilations: pair(greatest.dilation),
      }),
      outputs: fc.integer({ min: 1, max: 4 }),
      seed: fc.integer({ min: 0, max: 1000 }),
    })
    .filter(
      ({ inputShape, geometry }) =>
        outputLength(inputShape[1], geometry, 0) > 0 && outputLength(inputShape[2], geometry, 1) > 0,
    );
}

/** Many cases on the fast backends, few on those that compile shaders for each. */
export const cases: fc.Parameters<[WindowCase]> = { numRuns: { webgl: 6, webgpu: 40 }[backend] ?? 300 };

/** Numbers in [-1, 1). */
export function noise(shape: Block['shape'], seed: number): Block {
  const draw = random(seed);
  return { shape, data: zeros(shape).data.map(() => Math.fround(2 * draw.uniform() - 1)) };
}

/** The block as a tensor. */
export function tensorOf({ data, shape }: Block): Tensor4D {
  return tf.tensor4d(Float32Array.from(data), [...shape]);
}

/** Runs on tensors of the blocks and expects the numbers of a block. */
export async function expectBlock(run: () => Tensor4D, { shape, data }: Block): Promise<void> {
  const result = tf.tidy(run);
  const values = await result.data();
  result.dispose();
  expect(result.shape).toEqual(shape);
  const scale = data.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
  const error = data.reduce((worst, expected, i) => Math.max(worst, Math.abs(expected - (values[i] as number))), 0);
  expect(error / scale).toBeLessThan(1e-4);
}
