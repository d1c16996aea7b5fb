import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf, outputSize, paddingBefore, type WindowAxis, type WindowGeometry } from './geometry.ts';
import { interleave, type PhaseGrid } from './phases.ts';

/** The gradient of a max pooling with respect to its input; a tie goes to the first maximum in row-major order. */
export function maxPoolGradient(
  cotangent: Tensor4D,
  input: Tensor4D,
  output: Tensor4D,
  geometry: WindowGeometry,
): Tensor4D {
  if (tf.getBackend() === 'cpu') return stock(cotangent, { input, output }, geometry);
  // The kernels of webgl, webgpu and wasm give ties to the last maximum; that of wasm knows no maximum below 1e-38.
  return tf.tidy(() => byTaps(cotangent, { input, output }, geometry));
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

/** Tap after tap of the window takes what is left of the cotangent, where it holds the maximum. */
function byTaps(cotangent: Tensor4D, { input, output }: Pooled, geometry: WindowGeometry): Tensor4D {
  const grids = [gridOf(input.shape[1], axisOf(geometry, 0)), gridOf(input.shape[2], axisOf(geometry, 1))] as const;
  const [rows, columns] = grids;
  const images = split(input, grids);
  const gradients: Tensor4D[][] = images.map(() => []);
  let left = cotangent;
  for (let k = 0; k < geometry.window[0]; k++) {
    for (let l = 0; l < geometry.window[1]; l++) {
      const [r, c] = [k % rows.stride, l % columns.stride];
      const offset = [Math.floor(k / rows.stride), Math.floor(l / columns.stride)] as const;
      const image = images[r]?.[c] as Tensor4D;
      const share = tf.mul(left, tf.equal(tf.slice4d(image, [0, ...offset, 0], output.shape), output)) as Tensor4D;
      left = tf.sub(left, share);
      const placed = at(share, offset, image.shape);
      const line = gradients[r] as Tensor4D[];
      const before = line[c];
      line[c] = before ? tf.add(before, placed) : placed;
    }
  }
  return interleave(gradients, input.shape, grids);
}

/** The phases of an axis that begins with the padding and ends with the last window. */
function gridOf(size: number, axis: WindowAxis): PhaseGrid {
  const { window, stride } = axis;
  const skip = paddingBefore(size, axis);
  const end = Math.max(skip + size, (outputSize(size, axis) - 1) * stride + window);
  return { stride, phases: Math.min(window, stride), length: Math.ceil(end / stride), skip };
}

/** Every stride-th pixel of the padded plane, for each row and column phase. */
function split(input: Tensor4D, [rows, columns]: readonly [PhaseGrid, PhaseGrid]): Tensor4D[][] {
  const [batch, height, width, channels] = input.shape;
  const after = (size: number, { length, stride, skip }: PhaseGrid): number => length * stride - skip - size;
  const margins: [number, number][] = [
    [0, 0],
    [rows.skip, after(height, rows)],
    [columns.skip, after(width, columns)],
    [0, 0],
  ];
  const plane = tf.pad(input, margins, Number.NEGATIVE_INFINITY) as Tensor4D;
  const shape: Tensor4D['shape'] = [batch * rows.length, rows.stride, columns.length, columns.stride * channels];
  const blocks: Tensor4D = tf.reshape(plane, shape);
  const image = (r: number, c: number): Tensor4D => {
    const part = tf.slice4d(blocks, [0, r, 0, c * channels], [shape[0], 1, shape[2], channels]);
    return tf.reshape(part, [batch, rows.length, columns.length, channels]);
  };
  return Array.from({ length: rows.phases }, (_, r) => Array.from({ length: columns.phases }, (_, c) => image(r, c)));
}

function at(part: Tensor4D, [row, column]: readonly [number, number], shape: Tensor4D['shape']): Tensor4D {
  return tf.pad4d(part, [
    [0, 0],
    [row, shape[1] - row - part.shape[1]],
    [column, shape[2] - column - part.shape[2]],
    [0, 0],
  ]);
}
