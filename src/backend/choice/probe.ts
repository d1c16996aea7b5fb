import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

// So many inputs that WebGPU does not compute them on the CPU.
const size = 24;
const channels = 3;
const filters = 4;

/** Computes a convolution and a pooling on the current backend: how it fails, or undefined if it is right. */
export async function probeFailure(): Promise<string | undefined> {
  try {
    const values = await computed();
    const tolerance = precision() === 16 ? 0.05 : 1e-4;
    const difference = Math.max(...expected().map((value, i) => Math.abs(value - (values[i] ?? Number.NaN))));
    return difference <= tolerance ? undefined : `computes wrongly: a small convolution is off by ${difference}`;
  } catch (error) {
    return `cannot compute a small convolution: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function computed(): Promise<ArrayLike<number>> {
  const pooled = tf.tidy(() => {
    const x = tf.tensor4d(inputs(), [1, size, size, channels]);
    const filter = tf.tensor4d(weights(), [3, 3, channels, filters]);
    return tf.maxPool(tf.relu(tf.conv2d(x, filter, 1, 'same')) as Tensor4D, 2, 2, 'valid');
  });
  try {
    return await pooled.data();
  } finally {
    pooled.dispose();
  }
}

/** The same in plain numbers. */
function expected(): number[] {
  const [x, filter] = [inputs(), weights()];
  const half = size / 2;
  return Array.from({ length: half * half * filters }, (_, i) => {
    const f = i % filters;
    const [row, column] = [2 * Math.floor(i / filters / half), 2 * (Math.floor(i / filters) % half)];
    const window = [0, 1, 2, 3].map((k) => convolution(x, filter, [row + (k >> 1), column + (k & 1), f]));
    return Math.max(0, ...window);
  });
}

function convolution(
  x: Float32Array,
  filter: Float32Array,
  [row, column, f]: readonly [number, number, number],
): number {
  let sum = 0;
  for (let weight = f; weight < filter.length; weight += filters) {
    const tap = Math.floor(weight / filters / channels);
    const [r, c] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
    if (r < 0 || c < 0 || r >= size || c >= size) continue;
    const channel = Math.floor(weight / filters) % channels;
    sum += (filter[weight] as number) * (x[(r * size + c) * channels + channel] as number);
  }
  return sum;
}

function inputs(): Float32Array {
  return Float32Array.from({ length: size * size * channels }, (_, i) => Math.sin(i));
}

function weights(): Float32Array {
  return Float32Array.from({ length: 9 * channels * filters }, (_, i) => 0.5 * Math.cos(1.7 * i));
}

/** Bits of the current backend's numbers; tfjs tells 16 of a WebGL that has 32. */
export function precision(): 16 | 32 {
  const isFullWebgl = tf.getBackend() === 'webgl' && tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  return isFullWebgl ? 32 : tf.backend().floatPrecision();
}
