import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks } from '../../../numeric/options.ts';
import type { Random } from '../../../numeric/random.ts';
import { type ColoredParameterization, colored } from '../colors/colored.ts';
import type { PictureShape } from '../parameterization.ts';
import type { RawIo, RawPictures } from '../rawPictures.ts';
import { backward, forward } from './network.ts';

/** Options of {@link cppn}. */
export interface CppnOptions {
  /** How many hidden layers; 8 by default. */
  readonly layers?: number;
  /** How many units each has; 24 by default. */
  readonly width?: number;
}

/**
 * Pictures as small networks from a pixel's coordinates to its color, a network for each picture: smooth, and of any
 * resolution, for learnt parameters can be rendered at every size.
 *
 * The coordinates go from −√3 to √3 along each side. After each layer of a = atan(z) follow a / .67 and a² / .6; the last
 * layer starts at zero, so that all is grey. Adam wants a smaller `learningRate` here, .005. Source: Stanley 2007, with the
 * activations of Mordvintsev et al. 2018, "Differentiable image parameterizations", §4.
 *
 * @param options `layers`, `width`.
 * @returns a parameterization with the weights `[n, in, out]` and biases `[n, out]` of one layer after the other.
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const smooth = parameterizations.cppn({ layers: 6 });
 * ```
 */
export function cppn(options: CppnOptions = {}): ColoredParameterization {
  assertOptions(options, checks);
  const { layers = 8, width = 24 } = options;
  return colored('CPPN', rawCppn(layers, width), { decorrelate: false });
}

const checks: OptionChecks<CppnOptions> = { layers: integer(1, 64), width: integer(1, 1024) };

function rawCppn(layers: number, width: number): RawPictures {
  const parameters = 2 * (layers + 1);
  return {
    sizes: { parameters, tables: 1 },
    start: (shape, random) => startWeights(shape, random, { layers, width }),
    tables: ({ size }) => [coordinates(size)],
    render: (values, { shape, tables: [places] }) => {
      const { count, size, channels } = shape;
      const pictures = Array.from({ length: count }, (_, picture) =>
        tf.tidy(() => forward(ownOf(values, picture), places as Tensor2D).output),
      );
      return tf.reshape(tf.concat(pictures, 0), [count, ...size, channels]);
    },
    pullback: (cotangent, io) => gradients(cotangent, io),
  };
}

/** The coordinates `[h · w, 2]` of the pixels. */
function coordinates([height, width]: PictureShape['size']): Tensor2D {
  const along = (place: number, length: number): number =>
    length < 2 ? 0 : Math.sqrt(3) * ((2 * place) / (length - 1) - 1);
  const data = new Float32Array(2 * height * width);
  for (let pixel = 0; pixel < height * width; pixel++) {
    data[2 * pixel] = along(pixel % width, width);
    data[2 * pixel + 1] = along(Math.floor(pixel / width), height);
  }
  return tf.tensor2d(data, [height * width, 2]);
}

/** Weights with the variance 1 / in, biases with a deviation of .1; the last layer is zero. */
function startWeights(
  { count, channels }: PictureShape,
  random: Random,
  { layers, width }: Required<CppnOptions>,
): readonly NdArray[] {
  const lengths = [2, ...Array<number>(layers).fill(2 * width)];
  const shapes = lengths.flatMap((from, layer) => {
    const to = layer < layers ? width : channels;
    return [
      [count, from, to],
      [count, to],
    ];
  });
  const arrays = shapes.map((shape) => ({
    shape,
    data: new Float32Array(shape.reduce((size, length) => size * length)),
  }));
  for (let picture = 0; picture < count; picture++) {
    arrays.slice(0, -2).forEach(({ shape, data }, i) => {
      const size = data.length / count;
      const deviation = i % 2 === 0 ? 1 / Math.sqrt(shape[1] as number) : 0.1;
      for (let at = picture * size; at < (picture + 1) * size; at++) data[at] = deviation * random.normal();
    });
  }
  return arrays;
}

/** The weights and biases of one picture. */
function ownOf(values: readonly Tensor[], picture: number): readonly Tensor[] {
  return values.map((value) => {
    const rest = value.shape.slice(1);
    const own = tf.slice(value, [picture, ...rest.map(() => 0)], [1, ...rest]);
    return tf.reshape(own, rest.length === 1 ? [1, ...rest] : rest);
  });
}

function gradients(cotangent: Tensor4D, { parameters, shape, tables: [places] }: RawIo): readonly Tensor[] {
  const { count, size, channels } = shape;
  const pixels = size[0] * size[1];
  const rows = tf.reshape(cotangent, [count * pixels, channels]);
  const each = Array.from({ length: count }, (_, picture) => {
    const own = ownOf(parameters, picture);
    const ofOutput = tf.slice(rows, [picture * pixels, 0], [pixels, channels]);
    return tf.tidy(() => backward(own, places as Tensor2D, ofOutput));
  });
  return parameters.map(({ shape: lengths }, i) => {
    const all = each.map((own) => tf.reshape(own[i] as Tensor, [1, -1]));
    return tf.reshape(tf.concat(all, 0), lengths);
  });
}
