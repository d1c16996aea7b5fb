import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertOptions, number, type OptionChecks } from '../../numeric/options.ts';
import { type ColoredParameterization, type ColorOptions, colorChecks, colored } from './colors/colored.ts';
import type { PictureShape } from './parameterization.ts';
import { normals, type RawPictures } from './rawPictures.ts';

/** Options of {@link pixels}. */
export interface PixelOptions extends ColorOptions {
  /** The standard deviation of the numbers to start from; 0.01 by default. */
  readonly deviation?: number;
}

/**
 * Pictures as their pixels: one parameter for each, of a normal distribution at the start.
 *
 * Gradients are strongest in the finest details, and there is nothing against these: see `fourier`, which is the default
 * of `visualize`.
 *
 * @param options `deviation`; `decorrelate` and `limit`, see {@link ColorOptions}.
 * @returns a parameterization with one parameter `[n, h, w, c]`.
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const grey = parameterizations.pixels({ deviation: 0.1, limit: 'clip' });
 * ```
 */
export function pixels(options: PixelOptions = {}): ColoredParameterization {
  assertOptions(options, checks);
  const { deviation = 0.01, ...colors } = options;
  return colored('pixels', rawPixels(deviation), colors);
}

const checks: OptionChecks<PixelOptions> = { ...colorChecks, deviation: number(0) };

/** Raw pictures that are their own parameters. */
export function rawPixels(deviation: number): RawPictures {
  return {
    sizes: { parameters: 1, tables: 0 },
    start: (shape, random) => [normals(lengthsOf(shape), random, deviation)],
    from: (raw) => [raw],
    tables: () => [],
    render: ([values]) => tf.clone(values as Tensor4D),
    pullback: (cotangent) => [tf.clone(cotangent)],
  };
}

function lengthsOf({ count, size, channels }: PictureShape): readonly number[] {
  return [count, ...size, channels];
}
