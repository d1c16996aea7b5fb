import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { assertOptions, listOf, number, type OptionChecks, object } from '../../../numeric/options.ts';
import { type ColoredParameterization, type ColorOptions, colorChecks, colored } from '../colors/colored.ts';
import { added } from '../lowResolution/added.ts';
import { assertShared, rawLowResolution, type SharedPictures } from '../lowResolution/rawLowResolution.ts';
import type { PictureShape } from '../parameterization.ts';
import { normals, type RawPictures } from '../rawPictures.ts';
import { analyzed } from './analyzed.ts';
import { columnsOf, doubled, frequencyTable, spectrumShape } from './frequencies.ts';
import { synthesisGradient, synthesized } from './halfSpectrum.ts';
import { synthesisTables } from './synthesisTables.ts';

/** Options of {@link fourier}. */
export interface FourierOptions extends ColorOptions {
  /** How much less of high frequencies there is than of low ones: $1 / f^{\text{decay}}$; 1 by default, as in photos. */
  readonly decay?: number;
  /** The standard deviation of the parameters to start from; 0.01 by default. */
  readonly deviation?: number;
  /** Pictures of a lower resolution that are added, and may be shared; none by default. */
  readonly shared?: readonly SharedPictures[];
}

/**
 * Pictures as their half spectra, scaled so that one step moves low frequencies as much more as photos have more of them:
 * the default of `visualize`. With f in turns per pixel
 *
 * $$ x = \tfrac14\, \mathcal F^{-1}\!\left(\frac{\sqrt{hw}}{\max(f, 1 / \max(h, w))^{\text{decay}}}\, (R + iI)\right). $$
 *
 * Exact for odd sizes too. Source: Olah, Mordvintsev and Schubert 2017, "Feature Visualization", preconditioning; constants
 * as in lucid.
 *
 * @param options `decay`, `deviation`, `shared`; `decorrelate` and `limit`, see {@link ColorOptions}.
 * @returns a parameterization with one parameter `[h, n, c, 2 k]`: rows of the frequencies 0, 1, …, ⌊h / 2⌋, −1, −2, …, and
 * of the columns 0 … k − 1 = ⌊w / 2⌋ the real parts, then the imaginary ones; then one of each shared part.
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const smooth = parameterizations.fourier({ decay: 1.5 });
 * ```
 */
export function fourier(options: FourierOptions = {}): ColoredParameterization {
  assertOptions(options, checks);
  const { decay = 1, deviation = 0.01, shared = [], ...colors } = options;
  shared.forEach((part, i) => assertShared(`shared[${i}]`, part));
  const own = rawFourier(decay, deviation);
  const parts = shared.map((part) => rawLowResolution({ deviation, ...part }));
  return colored('fourier', parts.length > 0 ? added([own, ...parts]) : own, colors);
}

const checks: OptionChecks<FourierOptions> = {
  ...colorChecks,
  decay: number(0),
  deviation: number(0),
  shared: listOf(object),
};

/** Of lucid, so that pictures start away from the limits of the sigmoid. */
const QUIETER = 4;

function rawFourier(decay: number, deviation: number): RawPictures {
  return {
    sizes: { parameters: 1, tables: 4 },
    start: (shape, random) => [normals(spectrumShape(shape), random, deviation, 1)],
    from: (raw, shape) => [divided(analyzed(raw, shape), scales(shape, decay))],
    tables: (shape) => [tf.tensor(scales(shape, decay), spectrumShape(shape)), ...synthesisTables(shape)],
    render: ([spectrum], { shape, tables: [scale, ...tables] }) =>
      synthesized(tf.mul(spectrum as Tensor, scale as Tensor), tables, shape),
    pullback: (cotangent: Tensor4D, { shape, tables: [scale, ...tables] }) => [
      tf.mul(synthesisGradient(cotangent, tables, shape), scale as Tensor),
    ],
  };
}

/** What each parameter is multiplied by. */
function scales(shape: PictureShape, decay: number): Float32Array {
  const [height, width] = shape.size;
  const least = 1 / Math.max(height, width);
  const strength = Math.sqrt(height * width) / QUIETER;
  const table = frequencyTable(shape, (u, k) => strength / Math.max(Math.hypot(u / height, k / width), least) ** decay);
  return doubled(table, columnsOf(shape.size));
}

function divided({ shape, data }: NdArray, divisors: Float32Array): NdArray {
  return { shape, data: data.map((value, i) => value / (divisors[i] as number)) };
}
