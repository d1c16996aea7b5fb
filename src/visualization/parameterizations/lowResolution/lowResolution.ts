import { assertOptions, type OptionChecks } from '../../../numeric/options.ts';
import { type ColoredParameterization, type ColorOptions, colorChecks, colored } from '../colors/colored.ts';
import { rawLowResolution, type SharedPictures, sharedChecks } from './rawLowResolution.ts';

/** Options of {@link lowResolution}. */
export interface LowResolutionOptions extends SharedPictures, ColorOptions {}

/**
 * Pictures of a lower resolution, interpolated bilinearly with pixel centres at half-integers; with fewer `pictures` than
 * are made, those between are interpolated too.
 *
 * @param options `ratio`, `pictures`, `deviation` (0.01 by default), see {@link SharedPictures}; `decorrelate` and `limit`,
 * see {@link ColorOptions}.
 * @returns a parameterization with one parameter `[pictures, ⌈h / ratio⌉, ⌈w / ratio⌉, c]`.
 * @throws {VitrineError} if an option is not as described.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const coarse = parameterizations.lowResolution({ ratio: 8 });
 * ```
 */
export function lowResolution(options: LowResolutionOptions): ColoredParameterization {
  assertOptions(options, checks);
  const { ratio, pictures, deviation, ...colors } = options;
  const shared = { ratio, ...(pictures && { pictures }), ...(deviation !== undefined && { deviation }) };
  return colored('low resolution', rawLowResolution(shared), colors);
}

const checks: OptionChecks<LowResolutionOptions> = { ...sharedChecks, ...colorChecks };
