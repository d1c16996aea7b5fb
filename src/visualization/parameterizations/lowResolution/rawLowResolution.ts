import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from '../../../backend/kernels/matrixProduct.ts';
import { separable, separableGradient } from '../../../backend/separable.ts';
import { sameShape } from '../../../numeric/ndarray.ts';
import { assertOptions, integer, number, type OptionChecks, required } from '../../../numeric/options.ts';
import type { PictureShape } from '../parameterization.ts';
import { normals, type RawIo, type RawPictures } from '../rawPictures.ts';

/** Pictures of a lower resolution, which are interpolated. */
export interface SharedPictures {
  /** How many pixels of a side become one; sides are rounded up. */
  readonly ratio: number;
  /**
   * How many there are: 1 is the same for all pictures, and between the first and the last of more of them the others are
   * interpolated too. As many as pictures by default, of which each has its own.
   */
  readonly pictures?: number;
  /** The standard deviation of the numbers to start from; by default that of what they are added to. */
  readonly deviation?: number;
}

/** Checks of {@link SharedPictures}. */
export const sharedChecks: OptionChecks<SharedPictures> = {
  ratio: required(number(1)),
  pictures: integer(1),
  deviation: number(0),
};

/** Refuses what describes no such pictures. */
export function assertShared(argument: string, part: SharedPictures): void {
  assertOptions(part, {
    ratio: required((name, value) => sharedChecks.ratio(`${argument}.${name}`, value)),
    pictures: (name, value) => sharedChecks.pictures(`${argument}.${name}`, value),
    deviation: (name, value) => sharedChecks.deviation(`${argument}.${name}`, value),
  });
}

/** Raw pictures of a lower resolution, interpolated bilinearly, and along the axis of pictures too. */
export function rawLowResolution({ ratio, pictures, deviation = 0.01 }: SharedPictures): RawPictures {
  const smallShape = ({ count, size, channels }: PictureShape): [number, number, number, number] => {
    const [height, width] = size.map((length) => Math.ceil(length / ratio)) as [number, number];
    return [pictures ?? count, height, width, channels];
  };
  const fullShape = ({ count, size, channels }: PictureShape): number[] => [count, ...size, channels];
  const isWhole = (shape: PictureShape): boolean => sameShape(smallShape(shape), fullShape(shape));
  return {
    sizes: { parameters: 1, tables: 3 },
    start: (shape, random) => [normals(smallShape(shape), random, deviation)],
    tables(shape) {
      const [from, to] = [smallShape(shape), fullShape(shape)];
      return [0, 1, 2].map((axis) => interpolation(from[axis] as number, to[axis] as number));
    },
    render([values], { shape, tables }) {
      if (isWhole(shape)) return tf.clone(values as Tensor4D);
      const [batch, rows, columns] = tables as [Tensor, Tensor2D, Tensor2D];
      return separable(alongBatch(values as Tensor4D, batch, true), { rows, columns });
    },
    pullback(cotangent: Tensor4D, { shape, tables }: RawIo) {
      if (isWhole(shape)) return [tf.clone(cotangent)];
      const [batch, rows, columns] = tables as [Tensor, Tensor2D, Tensor2D];
      return [alongBatch(separableGradient(cotangent, { rows, columns }), batch, false)];
    },
  };
}

function alongBatch(x: Tensor4D, batch: Tensor, isForward: boolean): Tensor4D {
  const [from, to] = batch.shape as [number, number];
  const [count, ...rest] = x.shape;
  if (from === to) return x;
  const mixed = matrixProduct(batch, tf.reshape(x, [count, -1]), { transposeA: isForward });
  return tf.reshape(mixed, [isForward ? to : from, ...rest]);
}

/** The matrix `[from, to]` of linear interpolation with centres at half-integers; beyond the outer ones the edge goes on. */
function interpolation(from: number, to: number): Tensor2D {
  const data = new Float32Array(from * to);
  for (let column = 0; column < to; column++) {
    const place = Math.min(Math.max(((column + 0.5) * from) / to - 0.5, 0), from - 1);
    const before = Math.min(Math.floor(place), Math.max(from - 2, 0));
    data[before * to + column] = 1 - (place - before);
    if (from > 1) data[(before + 1) * to + column] = place - before;
  }
  return tf.tensor2d(data, [from, to]);
}
