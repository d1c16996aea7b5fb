// How far the convolutions on wasm are from their sums in float64: `npm run bench -- errors`.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Precision, simdConvolution, simdInputGradient } from '../src/backend/kernels/convolve.ts';
import * as simd from '../src/backend/kernels/simd/simd.generated.ts';
import { startSimd } from '../src/backend/kernels/simd/simd.ts';
import { random } from '../src/numeric/random.ts';

/** Side of the image, channels, filters: 3 × 3, stride 1. */
const shapes = [
  [56, 16, 16],
  [28, 32, 32],
  [28, 64, 64],
  [14, 128, 128],
  [7, 256, 256],
] as const;
const geometry = { window: [3, 3], strides: [1, 1], padding: 'same', dilations: [1, 1] } as const;

/**
 * Largest error over the largest value, of a forward convolution of positive numbers (as behind a ReLU) and of an input
 * gradient of numbers of both signs, by tfjs and with each precision.
 */
export async function errorsTable(): Promise<string> {
  startSimd(simd);
  const rows = [];
  for (const [side, inputs, outputs] of shapes) {
    const name = `${side} × ${side}, ${inputs} → ${outputs}`;
    const draw = random(1).uniform;
    const numbers = (count: number, low: number): Float32Array =>
      Float32Array.from({ length: count }, () => low + (1 - low) * draw());
    const kernel = tf.tensor4d(numbers(9 * inputs * outputs, -1), [3, 3, inputs, outputs]);
    const x = tf.tensor4d(numbers(side * side * inputs, 0), [1, side, side, inputs]);
    const cotangent = tf.tensor4d(numbers(side * side * outputs, -1), [1, side, side, outputs]);
    const turned = tf.tidy(() => tf.transpose(tf.reverse4d(kernel, [0, 1]), [0, 1, 3, 2]));
    rows.push([
      `${name}, forward`,
      ...(await errors(x, kernel, (precision) =>
        simdConvolution(x, kernel, geometry, { precision, passes: 'values' }),
      )),
    ]);
    rows.push([
      `${name}, gradient`,
      ...(await errors(
        cotangent,
        turned,
        (precision) => simdInputGradient(cotangent, kernel, x.shape, { geometry, precision, passes: 'cotangents' }),
        kernel,
      )),
    ]);
    tf.dispose([kernel, x, cotangent, turned]);
  }
  const header = ['convolution', 'tfjs', ...precisions];
  const lines = [header, header.map((_, i) => (i ? '--:' : '---')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const precisions: readonly Precision[] = ['exact', 'default', 'fast'];

/** Of what a convolution with `kernel` gives, where the SIMD kernels may read another one. */
async function errors(
  x: Tensor4D,
  kernel: Tensor4D,
  convolution: (precision: Precision) => ReturnType<typeof simdConvolution>,
  packedOf: Tensor4D = kernel,
): Promise<string[]> {
  const truth = convolved(await x.data(), await kernel.data(), [x.shape[1], x.shape[3], kernel.shape[3]]);
  const largest = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = async (made: Tensor): Promise<string> => {
    const values = await made.data();
    made.dispose();
    return (
      truth.reduce((most, value, i) => Math.max(most, Math.abs(value - (values[i] as number))), 0) / largest
    ).toExponential(1);
  };
  const found = [await error(tf.conv2d(x, kernel, 1, 'same'))];
  for (const precision of precisions) {
    const own = convolution(precision);
    if (!own) throw new Error('the SIMD kernels do not run here');
    const packed = own.pack(packedOf);
    found.push(`${await error(own.run(x, packed))}, ${own.method}`);
    packed.dispose();
  }
  return found;
}

/** In float64. */
function convolved(
  x: ArrayLike<number>,
  kernel: ArrayLike<number>,
  [side, inputs, outputs]: readonly [number, number, number],
): Float64Array {
  const sums = new Float64Array(side * side * outputs);
  for (let place = 0; place < side * side * 9; place++) {
    const [row, column, tap] = [Math.floor(place / 9 / side), Math.floor(place / 9) % side, place % 9];
    const [y, left] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
    if (y < 0 || left < 0 || y >= side || left >= side) continue;
    for (let c = 0; c < inputs; c++) {
      const value = x[(y * side + left) * inputs + c] as number;
      const [from, to] = [(tap * inputs + c) * outputs, (row * side + column) * outputs];
      for (let n = 0; n < outputs; n++) sums[to + n] = (sums[to + n] as number) + value * (kernel[from + n] as number);
    }
  }
  return sums;
}
