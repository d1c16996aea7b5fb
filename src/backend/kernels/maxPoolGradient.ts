import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf, outputSize, paddingBefore, type WindowAxis, type WindowGeometry } from './geometry.ts';
import { interleave, type PhaseGrid } from './phases.ts';
import { bySimd } from './simd/simd.ts';

/** The gradient of a max pooling with respect to its input; a tie goes to the first maximum in row-major order. */
export function maxPoolGradient(
  cotangent: Tensor4D,
  input: Tensor4D,
  output: Tensor4D,
  geometry: WindowGeometry,
): Tensor4D {
  const pooled: Pooled = { input, output };
  // The kernels of webgl, webgpu and wasm give ties to the last maximum; that of wasm knows no maximum below 1e-38.
  if (tf.getBackend() === 'cpu') return stock(cotangent, pooled, geometry);
  return inWasm(cotangent, pooled, geometry) ?? tf.tidy(() => byTaps(cotangent, pooled, geometry));
}

interface Pooled {
  readonly input: Tensor4D;
  readonly output: Tensor4D;
}

function stock(dy: Tensor4D, pooled: Pooled, { window, strides, padding: pad }: WindowGeometry): Tensor4D {
  return tf
    .engine()
    .runKernel(tf.MaxPoolGrad, { dy, ...pooled }, { filterSize: [...window], strides: [...strides], pad });
}

/** Measured on wasm: 165 ms by tfjs's operations, 1.2 by SIMD (2×2 windows, 224² × 32). */
function inWasm(cotangent: Tensor4D, { input, output }: Pooled, geometry: WindowGeometry): Tensor4D | undefined {
  const { window, strides } = geometry;
  const [, outputRows, outputColumns] = output.shape;
  const before = ([0, 1] as const).map((axis) =>
    paddingBefore(input.shape[axis + 1] as number, axisOf(geometry, axis)),
  );
  return bySimd([cotangent, input, output], input.shape, ({ kernels, at, result }) => {
    const sizes = [...input.shape, outputRows, outputColumns, ...window, ...strides, ...before];
    kernels.maxPoolGradient(...at, result, ...sizes);
  }) as Tensor4D | undefined;
}

/** Tap after tap of the window takes what is left of the cotangent, where it holds the maximum. */
function byTaps(cotangent: Tensor4D, { input, output }: Pooled, geometry: WindowGeometry): Tensor4D {
  const grids = [gridOf(input.shape[1], axisOf(geometry, 0)), gridOf(input.shape[2], axisOf(geometry, 1))] as const;
  const [rows, columns] = grids;
  const plane = withMargins(input, grids);
  const gradients: Tensor4D[] = [];
  let left = cotangent;
  for (const [k, l] of tapsOf(geometry)) {
    const values = pixels(plane, output.shape, { first: [k, l], strides: geometry.strides });
    // step is 1 below the maximum: wasm compares for equality far more slowly.
    const rest: Tensor4D = tf.mul(left, tf.step(tf.sub(output, values)));
    const offset = [Math.floor(k / rows.stride), Math.floor(l / columns.stride)] as const;
    const share = placedAt(tf.sub(left, rest), offset, [rows.length, columns.length]);
    const phase = (k % rows.stride) * columns.phases + (l % columns.stride);
    const before = gradients[phase];
    gradients[phase] = before ? tf.add(before, share) : share;
    left = rest;
  }
  return interleave(gradients, input.shape, grids);
}

function tapsOf({ window: [rows, columns] }: WindowGeometry): (readonly [number, number])[] {
  return Array.from({ length: rows * columns }, (_, tap) => [Math.floor(tap / columns), tap % columns] as const);
}

/** The phases of an axis that begins with the padding and ends with the last window. */
function gridOf(size: number, axis: WindowAxis): PhaseGrid {
  const { window, stride } = axis;
  const skip = paddingBefore(size, axis);
  const end = Math.max(skip + size, (outputSize(size, axis) - 1) * stride + window);
  return { stride, phases: Math.min(window, stride), length: Math.ceil(end / stride), skip };
}

/** The plane of the grids, below every maximum where it is not the input's. */
function withMargins(input: Tensor4D, [rows, columns]: readonly [PhaseGrid, PhaseGrid]): Tensor4D {
  const margins = (size: number, { length, stride, skip }: PhaseGrid): [number, number] => [
    skip,
    length * stride - skip - size,
  ];
  const around = [[0, 0], margins(input.shape[1], rows), margins(input.shape[2], columns), [0, 0]] as [
    number,
    number,
  ][];
  return tf.pad(input, around, Number.NEGATIVE_INFINITY);
}

/** Every stride-th pixel from the first on; by their places, since wasm's slices copy the whole plane each time. */
function pixels(
  plane: Tensor4D,
  shape: Tensor4D['shape'],
  { first, strides }: { first: readonly [number, number]; strides: readonly [number, number] },
): Tensor4D {
  const [, height, width, channels] = plane.shape;
  const [batch, rows, columns] = shape;
  const places = new Int32Array(batch * rows * columns);
  for (let i = 0; i < places.length; i++) {
    const column = first[1] + (i % columns) * strides[1];
    const row = first[0] + (Math.floor(i / columns) % rows) * strides[0];
    places[i] = (Math.floor(i / (rows * columns)) * height + row) * width + column;
  }
  const list = tf.tensor2d(places, [places.length, 1], 'int32');
  return tf.reshape(tf.gatherND(tf.reshape(plane, [batch * height * width, channels]), list), shape);
}

/** A part of an image, with zeros around it. */
function placedAt(
  part: Tensor4D,
  [row, column]: readonly [number, number],
  [height, width]: readonly [number, number],
): Tensor4D {
  return tf.pad4d(part, [
    [0, 0],
    [row, height - row - part.shape[1]],
    [column, width - column - part.shape[2]],
    [0, 0],
  ]);
}
