import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Operation, OperationRegion } from '../../src/network/graph/operation.ts';
import { baseRun } from '../../src/network/incremental/baseRun.ts';
import type { Network } from '../../src/network/network.ts';
import { sizeOf } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { expectClose } from './close.ts';

/** Numbers in [-1, 1) as a tensor. */
export function noiseTensor(shape: readonly number[], seed = 0): Tensor {
  const draw = random(seed);
  return tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 2 * draw.uniform() - 1),
    [...shape],
  );
}

/** The output of a network, and the gradient of its product with a cotangent, both for the caller to free. */
export function passes(network: Network, x: Tensor, seed = 1): { y: Tensor; cotangent: Tensor; gradient: Tensor } {
  return tf.tidy(() => {
    const [input] = network.inputs;
    const site = network.heads[0]?.site;
    if (!input || !site) throw new Error('no input or no output');
    const record = network.forward([x], { taps: [site], differentiate: { to: [input] } });
    const y = record.value(site);
    const cotangent = noiseTensor(y.shape, seed);
    const gradient = record.backward(new Map([[site, cotangent]]), { to: [input] }).get(input)?.[0] as Tensor;
    return { y: tf.clone(y), cotangent, gradient };
  });
}

/** Expects that the gradient of ⟨c, f(x)⟩ gives its change along a random direction, by central differences. */
export async function expectGradient(
  network: Network,
  x: Tensor,
  { step = 1e-2, tolerance = 2e-3 }: { step?: number; tolerance?: number } = {},
): Promise<void> {
  const direction = noiseTensor(x.shape, 5);
  const at = (t: number): Tensor => tf.tidy(() => passes(network, tf.add(x, tf.mul(direction, t))).y);
  const { y, cotangent, gradient } = passes(network, x);
  const [found, expected, scale] = tf.tidy(() => {
    const rise = tf.div(tf.sub(at(step), at(-step)), 2 * step);
    const size = tf.sum(tf.abs(tf.mul(rise, cotangent)));
    return [tf.sum(tf.mul(gradient, direction)), tf.sum(tf.mul(rise, cotangent)), size];
  });
  const [a, b, most] = await Promise.all([found, expected, scale].map(async (t) => (await t.data())[0] as number));
  expect(Math.abs((a as number) - (b as number)) / Math.max(most as number, 1e-3)).toBeLessThan(tolerance);
  tf.dispose([direction, y, cotangent, gradient, found, expected, scale]);
}

/**
 * Expects of a linear operation with positive weights, rounding apart, that each position reads nothing outside of its region, and, where
 * this does not reach over the border, its ends too.
 */
export async function expectRegions(operation: Operation, plane: readonly [number, number]): Promise<void> {
  const [rows, columns] = plane;
  const count = rows * columns;
  const output = tf.tidy(() => operation.forward([tf.reshape(tf.eye(count), [count, rows, columns, 1])]));
  const values = await output.data();
  const [, tall, wide, channels] = output.shape as [number, number, number, number];
  output.dispose();
  for (let position = 0; position < tall * wide; position++) {
    const [r, c] = [Math.floor(position / wide), position % wide];
    const isRead = (pixel: number): boolean => (values[(pixel * tall * wide + position) * channels] as number) > 1e-5;
    const read = Array.from({ length: count }, (_, pixel) => pixel).filter(isRead);
    const [region] = operation.region({ rows: [r, r + 1], columns: [c, c + 1] }, [[1, rows, columns, 1]]) as [
      OperationRegion,
    ];
    expectSpan(
      region.rows,
      read.map((pixel) => Math.floor(pixel / columns)),
      rows,
    );
    expectSpan(
      region.columns,
      read.map((pixel) => pixel % columns),
      columns,
    );
  }
}

function expectSpan([start, end]: readonly [number, number], read: readonly number[], length: number): void {
  if (read.length === 0) return;
  const found = [Math.min(...read), Math.max(...read) + 1] as const;
  // No negative zeros.
  if (start >= 0 && end <= length) expect(found).toEqual([start + 0, end]);
  expect(found[0]).toBeGreaterThanOrEqual(start);
  expect(found[1]).toBeLessThanOrEqual(end);
}

/** Expects of changes of a run on one picture the values of whole runs on the changed pictures. */
export async function expectParts(network: Network, x: Tensor4D): Promise<void> {
  const [input] = network.inputs;
  const site = network.heads[0]?.site;
  if (!input || !site) throw new Error('no input or no output');
  const [, rows, columns, channels] = x.shape;
  const at: [number, number][] = [
    [0, 0],
    [1, columns - 2],
    [rows - 2, 1],
  ];
  const [found, expected] = tf.tidy(() => {
    const patch = noiseTensor([3, 2, 2, channels], 9) as Tensor4D;
    const run = baseRun(network, [x], { at: [input] });
    const changed = tf.clone(run.change(new Map([[input, { tensor: patch, at }]])).value(site));
    run.dispose();
    const wholes = at.map(([row, column], i) => {
      const margins: [number, number][] = [
        [0, 0],
        [row, rows - row - 2],
        [column, columns - column - 2],
        [0, 0],
      ];
      const placed = (values: Tensor): Tensor => tf.pad(values, margins);
      const kept = tf.sub(1, placed(tf.ones([1, 2, 2, channels])));
      return tf.add(tf.mul(x, kept), placed(tf.slice(patch, [i, 0, 0, 0], [1, 2, 2, channels])));
    });
    return [changed, tf.clone(network.forward([tf.concat(wholes)]).value(site))];
  });
  await expectClose(found, expected);
  tf.dispose([found, expected]);
}
