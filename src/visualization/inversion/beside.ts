import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { rowsOf } from '../../network/walk/inputs.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Parameterization, PictureShape, RenderIo } from '../parameterizations/parameterization.ts';

/**
 * A picture that stays as it is, and beside it one that is made of parameters: both go through the same transforms, and
 * objectives compare them.
 *
 * @param original `[1, h, w, c]` of 0 to 1.
 * @returns two pictures, the original first.
 */
export function beside(original: NdArray, own: Parameterization): Parameterization {
  const { from, pullback } = own;
  return {
    name: own.name,
    start: (shape, random) => own.start(single(shape), random),
    ...(from && { from: ({ shape, data }, both) => from(firstOf(shape, data), single(both)) }),
    tables: (shape) => [rowsOf(original, 0, 1), ...(own.tables?.(single(shape)) ?? [])],
    render(parameters, io) {
      const picture = opaque(own.render(parameters, alone(io)), io.shape);
      return tf.concat([io.tables[0] as Tensor4D, picture]);
    },
    ...(pullback && {
      pullback: (cotangent, { parameters, pictures, ...io }) =>
        pullback(second(cotangent), { ...alone(io), parameters, pictures: second(pictures) }),
    }),
  };
}

/** A parameterization of pictures that hide nothing. */
export function withoutOpacity(own: Parameterization): Parameterization {
  return { ...own, render: (parameters, io) => opaque(own.render(parameters, io), io.shape) };
}

function opaque(pictures: Tensor4D, { channels }: PictureShape): Tensor4D {
  if (pictures.shape[3] === channels) return pictures;
  throw new VitrineError(
    'bad-argument',
    `"parameterization" expected pictures of ${channels} channels, without opacity, got ${pictures.shape[3]}`,
  );
}

function single(shape: PictureShape): PictureShape {
  return { ...shape, count: 1 };
}

function alone({ shape, tables }: RenderIo): RenderIo {
  return { shape: single(shape), tables: tables.slice(1) };
}

function second<T extends Tensor>(pictures: T): T {
  return tf.slice(pictures, 1, 1);
}

function firstOf(shape: readonly number[], data: Float32Array): NdArray {
  const one = [1, ...shape.slice(1)];
  return { shape: one, data: data.slice(0, data.length / (shape[0] as number)) };
}
