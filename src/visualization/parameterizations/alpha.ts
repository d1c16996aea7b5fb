import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from '../../backend/kernels/matrixProduct.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Random } from '../../numeric/random.ts';
import type { Penalty } from '../../optimization/penalties.ts';
import { assertParameterization } from './assertParameterization.ts';
import { fourier } from './fourier/fourier.ts';
import type { Parameterization, PictureShape, RenderIo } from './parameterization.ts';

/**
 * Pictures with an opacity: one channel more, made as the pictures are, of parameters of its own.
 *
 * In each step the network sees them over other random pictures, and what is opaque lessens the objective, which is
 * multiplied by the share that is transparent: only what matters stays. Source: Mordvintsev et al. 2018, "Differentiable
 * image parameterizations", §6.
 *
 * @param base what the colors and the opacity are made of; one that needs three channels cannot make an opacity.
 * @returns a parameterization with the parameters of the base for the pictures, then those for the opacity; it renders
 * `[n, h, w, c + 1]`.
 * @throws {VitrineError} if the base is no parameterization.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const transparent = parameterizations.alpha(parameterizations.fourier());
 * ```
 */
export function alpha(base: Parameterization): Parameterization {
  assertParameterization('base', base);
  const { from, tables, pullback } = base;
  return {
    name: `${base.name} with opacity`,
    start: (shape, random) => [...base.start(shape, random), ...base.start(opacityOf(shape), random)],
    ...(from && {
      from: (pictures, shape) => [...from(pictures, shape), ...from(nearlyOpaque(shape), opacityOf(shape))],
    }),
    ...(tables && { tables: (shape) => [...tables(shape), ...tables(opacityOf(shape))] }),
    render: (parameters, io) => {
      const [colors, opacity] = parts(parameters, io);
      return joined(base.render(colors.parameters, colors), base.render(opacity.parameters, opacity));
    },
    ...(pullback && {
      pullback: (cotangent, { parameters, pictures, ...io }) => {
        const [ofColors, ofOpacity] = split(cotangent);
        const [first, second] = split(pictures);
        const [colors, opacity] = parts(parameters, io);
        return [
          ...pullback(ofColors, { ...colors, pictures: first }),
          ...pullback(ofOpacity, { ...opacity, pictures: second }),
        ];
      },
    }),
  };
}

type PartIo = RenderIo & { readonly parameters: readonly Tensor[] };

/** What belongs to the colors, and what to the opacity: the first half of parameters and tables, and the second. */
function parts(parameters: readonly Tensor[], { shape, tables }: RenderIo): readonly [colors: PartIo, opacity: PartIo] {
  const [half, middle] = [parameters.length / 2, tables.length / 2];
  return [
    { shape, parameters: parameters.slice(0, half), tables: tables.slice(0, middle) },
    { shape: opacityOf(shape), parameters: parameters.slice(half), tables: tables.slice(middle) },
  ];
}

/**
 * The score of pictures `[n, h, w, c + 1]` whose last channel is an opacity α: that of
 * $\alpha x + (1 - \alpha) b$ over random pictures b, times the share of each picture that is transparent, $1 - \bar\alpha$.
 *
 * @param random where the pictures behind come from; their amplitude falls as 1 / f, with a deviation of .5.
 * @param score the score of pictures, and its gradient.
 * @returns the score, with the exact gradient of colors and opacity.
 */
export function faded(pictures: Tensor4D, random: Random, score: (colors: Tensor4D) => Penalty): Penalty {
  const [colors, opacity] = split(pictures);
  const [count, height, width, channels] = colors.shape;
  const behind = noise({ count, size: [height, width], channels }, random);
  const over = tf.sub(colors, behind);
  const ofEach = times(opacity, tf.ones([1, channels]));
  const { value, gradient } = score(tf.add(behind, tf.mul(over, ofEach)));
  const clear = tf.sub(1, tf.mean(opacity, [1, 2, 3], true));
  // Each pixel of the opacity weighs in what is seen through it, and takes its part of the transparent share.
  const share = tf.div(tf.reshape(value, [count, 1, 1, 1]), height * width);
  const seen = times(tf.mul(gradient, over) as Tensor4D, tf.ones([channels, 1]));
  return {
    value: tf.mul(value, tf.reshape(clear, [count])) as Tensor1D,
    gradient: joined(
      tf.mul(tf.mul(gradient, ofEach), clear) as Tensor4D,
      tf.sub(tf.mul(seen, clear), share) as Tensor4D,
    ),
  };
}

/** Random pictures as photos have their frequencies. */
function noise(shape: PictureShape, random: Random): Tensor4D {
  const { start, tables, render } = fourier({ deviation: 0.5 });
  return tf.tidy(() =>
    render(
      start(shape, random).map(({ shape: lengths, data }) => tf.tensor(data, [...lengths])),
      { shape, tables: tables?.(shape) ?? [] },
    ),
  );
}

function opacityOf(shape: PictureShape): PictureShape {
  return { ...shape, channels: 1 };
}

function split(pictures: Tensor4D): readonly [colors: Tensor4D, opacity: Tensor4D] {
  const channels = pictures.shape[3];
  const all = tf.eye(channels);
  return [
    times(pictures, tf.slice(all, [0, 0], [channels, channels - 1])),
    times(pictures, tf.slice(all, [0, channels - 1], [channels, 1])),
  ];
}

function joined(colors: Tensor4D, opacity: Tensor4D): Tensor4D {
  const channels = colors.shape[3];
  const all = tf.eye(channels + 1);
  const [first, last] = [
    tf.slice(all, [0, 0], [channels, channels + 1]),
    tf.slice(all, [channels, 0], [1, channels + 1]),
  ];
  return tf.add(times(colors, first), times(opacity, last));
}

/** Channels times a matrix: to cut and to join channels wasm needs ten times as long in other ways. */
function times(pictures: Tensor4D, matrix: Tensor): Tensor4D {
  const [count, height, width, channels] = pictures.shape;
  const product = matrixProduct(tf.reshape(pictures, [-1, channels]), matrix);
  return tf.reshape(product, [count, height, width, matrix.shape[1] as number]);
}

/** Where an opacity starts of given pictures, which have none: its gradient would vanish at 1. */
function nearlyOpaque({ count, size }: PictureShape): NdArray {
  return { shape: [count, ...size, 1], data: new Float32Array(count * size[0] * size[1]).fill(0.9) };
}
