import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../numeric/errors.ts';

type Decode = (stored: ArrayBuffer, shape: number[]) => tf.Tensor;

/** Makes a tensor of stored little-endian numbers, by the kind of number. */
export const numbers: Readonly<Record<string, Decode>> = {
  float32: (stored, shape) => tf.tensor(new Float32Array(stored), shape, 'float32'),
  float64: (stored, shape) => tf.tensor(new Float32Array(new Float64Array(stored)), shape, 'float32'),
  float16: (stored, shape) => halves(stored, shape),
  // The upper half of a float32.
  bfloat16: (stored, shape) => {
    const bits = Uint32Array.from(new Uint16Array(stored), (half) => half << 16);
    return tf.tensor(new Float32Array(bits.buffer), shape, 'float32');
  },
  int8: (stored, shape) => tf.tensor(new Int32Array(new Int8Array(stored)), shape, 'int32'),
  uint8: (stored, shape) => tf.tensor(new Int32Array(new Uint8Array(stored)), shape, 'int32'),
  int16: (stored, shape) => tf.tensor(new Int32Array(new Int16Array(stored)), shape, 'int32'),
  uint16: (stored, shape) => tf.tensor(new Int32Array(new Uint16Array(stored)), shape, 'int32'),
  int32: (stored, shape) => tf.tensor(new Int32Array(stored), shape, 'int32'),
  uint32: (stored, shape) => tf.tensor(narrowed(new Uint32Array(stored)), shape, 'int32'),
  int64: (stored, shape) => tf.tensor(narrowed(new BigInt64Array(stored)), shape, 'int32'),
  uint64: (stored, shape) => tf.tensor(narrowed(new BigUint64Array(stored)), shape, 'int32'),
};

function halves(stored: ArrayBuffer, shape: number[]): tf.Tensor {
  const spec = { name: 'halves', shape, dtype: 'float32' as const, quantization: { dtype: 'float16' as const } };
  return tf.io.decodeWeights(stored, [spec])[spec.name] as tf.Tensor;
}

/** Whole numbers as tensors hold them. */
function narrowed(wide: Iterable<number | bigint>): Int32Array {
  return Int32Array.from(wide as Iterable<number>, (value) => {
    const number = Number(value);
    if (number === (number | 0)) return number;
    throw new VitrineError('bad-argument', `expected whole numbers of 32 bits with a sign, got ${value}`);
  });
}
