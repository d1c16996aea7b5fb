import { assertOptions, integer, number, type OptionChecks } from '../../../numeric/options.ts';
import { type ColoredParameterization, type ColorOptions, colorChecks, colored } from '../colors/colored.ts';
import { rawPixels } from '../pixels.ts';
import { added } from './added.ts';
import { rawLowResolution } from './rawLowResolution.ts';

/** Options of {@link pyramid}. */
export interface PyramidOptions extends ColorOptions {
  /** How many resolutions: full, half, a quarter …; 4 by default. */
  readonly levels?: number;
  /** The standard deviation of the numbers to start from; 0.01 by default. */
  readonly deviation?: number;
}

/**
 * Pictures as a Laplacian pyramid: sums of pictures of full size, half, a quarter …, each interpolated bilinearly, so that
 * a step moves large areas too. Source: lucid (Olah et al. 2017), `laplacian_pyramid`.
 *
 * @param options `levels`, `deviation`; `decorrelate` and `limit`, see {@link ColorOptions}.
 * @returns a parameterization with the parameters `[n, h, w, c]`, `[n, ⌈h / 2⌉, ⌈w / 2⌉, c]` …
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const deep = parameterizations.pyramid({ levels: 5 });
 * ```
 */
export function pyramid(options: PyramidOptions = {}): ColoredParameterization {
  assertOptions(options, checks);
  const { levels = 4, deviation = 0.01, ...colors } = options;
  const smaller = Array.from({ length: levels - 1 }, (_, i) => rawLowResolution({ ratio: 2 ** (i + 1), deviation }));
  return colored('pyramid', added([rawPixels(deviation), ...smaller]), colors);
}

const checks: OptionChecks<PyramidOptions> = { ...colorChecks, levels: integer(1, 16), deviation: number(0) };
