import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { anything, assertOptions, type OptionChecks } from '../../../numeric/options.ts';
import { type ColoredParameterization, colored } from '../colors/colored.ts';
import { phaseShape } from '../fourier/frequencies.ts';
import { synthesisTables } from '../fourier/synthesisTables.ts';
import type { RenderIo } from '../parameterization.ts';
import { normals, type RawPictures } from '../rawPictures.ts';
import {
  consistencyGradient,
  consistencyTables,
  consistent,
  exchanged,
  ofPhases,
  type PhaseIo,
  phaseGradient,
  standardizationGradient,
  standardized,
  type Waves,
  wavesOf,
} from './phases.ts';
import { assertSpectrum, magnitudesFor, type Spectrum } from './spectrum.ts';

/** Options of {@link maco}. */
export interface MacoOptions {
  /** The magnitudes, of `spectrumOf`; without it 1 / f for all channels alike. */
  readonly spectrum?: Spectrum;
}

/**
 * Pictures of which only the phases are optimised: the magnitudes r of all frequencies are those of photos and stay so,
 *
 * $$ x = \sigma\big(\operatorname{std}(\mathcal F^{-1}(r\, e^{i \operatorname{std}(\varphi)}))\, M^T\big), $$
 *
 * where std takes the mean away and divides by the standard deviation, of each picture. It goes with `transforms.maco()`,
 * several `views` and `optimizers.nadam({ learningRate: 1 })`. Source: Fel et al. 2023, "Unlocking feature visualization for
 * deeper networks with magnitude constrained optimization", Eq. (3).
 *
 * The phases of the columns 0 and w / 2 are kept such that no magnitude is lost there; the authors' code loses some.
 *
 * @param options `spectrum`: a smaller or larger one is interpolated.
 * @returns a parameterization with one parameter `[h, n, c, ⌊w / 2⌋ + 1]`, phases in radians before they are standardized.
 * Its name says whether the magnitudes are given ones.
 * @throws {VitrineError} if the spectrum is none; and when pictures of other channels than it has shall be made.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const spectrum = await parameterizations.spectrumOf([picture], { size: 32 });
 * const natural = parameterizations.maco({ spectrum });
 * ```
 */
export function maco(options: MacoOptions = {}): ColoredParameterization {
  assertOptions(options, checks);
  const { spectrum } = options;
  if (spectrum === undefined) return colored('MaCo with 1 / f', rawMaco(undefined), {});
  assertSpectrum('spectrum', spectrum);
  const { size, magnitudes } = spectrum;
  const own = { size, magnitudes: { shape: [...magnitudes.shape], data: magnitudes.data.slice() } };
  return colored('MaCo with a given spectrum', rawMaco(own), {});
}

const checks: OptionChecks<MacoOptions> = { spectrum: anything };

function rawMaco(spectrum: Spectrum | undefined): RawPictures {
  return {
    sizes: { parameters: 1, tables: 6 },
    start: (shape, random) => [normals(phaseShape(shape), random, 1, 1)],
    tables: (shape) => [
      tf.tensor(magnitudesFor(shape, spectrum), phaseShape(shape)),
      ...consistencyTables(shape),
      ...synthesisTables(shape),
    ],
    render: ([phases], io) => standardized(ofPhases(usedWaves(phases as Tensor4D, io), phaseIo(io))),
    pullback(cotangent, { parameters, ...io }) {
      const [phases] = parameters as [Tensor4D];
      const waves = usedWaves(phases, io);
      const plain = ofPhases(waves, phaseIo(io));
      const ofUsed = phaseGradient(standardizationGradient(cotangent, plain), waves, phaseIo(io));
      const ofStandard = exchanged(consistencyGradient(ofUsed, io.tables.slice(1, 3)));
      return [exchanged(standardizationGradient(ofStandard, exchanged(phases)))];
    },
  };
}

function usedWaves(phases: Tensor4D, { tables }: RenderIo): Waves {
  return wavesOf(consistent(exchanged(standardized(exchanged(phases))), tables.slice(1, 3)));
}

function phaseIo({ shape, tables }: RenderIo): PhaseIo {
  return { magnitudes: tables[0] as Tensor, tables: tables.slice(3), shape };
}
