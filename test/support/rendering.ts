import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { readTensor } from '../../src/backend/inTurn.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { ColoredParameterization } from '../../src/visualization/parameterizations/colors/colored.ts';
import type { Parameterization, PictureShape } from '../../src/visualization/parameterizations/parameterization.ts';
import type { RawPictures } from '../../src/visualization/parameterizations/rawPictures.ts';
import { rendered } from '../../src/visualization/parameterizations/rendered.ts';

/** Pictures of parameters, and the gradient of the parameters where one of the pictures is given. */
export interface Rendering {
  readonly pictures: NdArray;
  readonly gradients: readonly NdArray[];
}

/** Renders parameters once. */
export async function renderingOf(
  parameterization: Parameterization,
  shape: PictureShape,
  parameters: readonly NdArray[],
  cotangent?: NdArray,
): Promise<Rendering> {
  const [pictures, ...gradients] = await readAll(() => {
    const tables = parameterization.tables?.(shape) ?? [];
    const { pictures, pullback } = rendered(parameterization, parameters.map(tensorOf), { shape, tables });
    return [pictures, ...(cotangent ? pullback(tensorOf(cotangent) as Tensor4D) : [])];
  });
  return { pictures: pictures as NdArray, gradients };
}

/** What a function of tensors makes, as arrays. */
export async function readAll(make: () => readonly Tensor[]): Promise<NdArray[]> {
  const tensors = tf.tidy(() => make().map((tensor) => tf.clone(tensor)));
  const arrays = await Promise.all(tensors.map(readTensor));
  tf.dispose(tensors);
  return arrays;
}

/** An array as a tensor. */
export function tensorOf({ shape, data }: NdArray): Tensor {
  return tf.tensor(data, [...shape], 'float32');
}

/** Normally distributed numbers. */
export function noiseOf(shape: readonly number[], seed: number, deviation = 1): NdArray {
  const { normal } = random(seed, 77);
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, () => deviation * normal()) };
}

/** ⟨a, b⟩ */
export function inner(a: readonly NdArray[], b: readonly NdArray[]): number {
  return a.reduce(
    (total, { data }, i) =>
      total + data.reduce((sum, value, k) => sum + value * ((b[i] as NdArray).data[k] as number), 0),
    0,
  );
}

/** a + factor · b */
export function plus(a: readonly NdArray[], b: readonly NdArray[], factor: number): NdArray[] {
  return a.map(({ shape, data }, i) => ({
    shape,
    data: data.map((value, k) => value + factor * ((b[i] as NdArray).data[k] as number)),
  }));
}

/** The raw pictures of a parameterization. */
export function rawOf({ changed }: ColoredParameterization): RawPictures {
  const found: RawPictures[] = [];
  changed('', (raw) => {
    found.push(raw);
    return raw;
  });
  return found[0] as RawPictures;
}
