import { quantile } from 'd3-array';
import type { MapArray } from '../../image/types.ts';
import { assertNumber, assertNumbers } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, flag, type OptionChecks, object, share } from '../../numeric/options.ts';
import { assertColormap, type Colormap, isDiverging } from './colormaps.ts';
import { type MapSelection, type MapSource, mapPlane, selectionChecks } from './mapPlane.ts';

/** Which colours stand for which numbers. */
export interface ColorScale {
  /** What the first colour stands for, and everything below. */
  readonly low: number;
  /** What the last colour stands for, and everything above. */
  readonly high: number;
  readonly colormap: Colormap;
}

/** How numbers become colours; see {@link colorScale}. */
export interface ColorOptions extends MapSelection {
  /** `'RdBu'` for a symmetric scale and `'inferno'` for others by default. */
  readonly colormap?: Colormap;
  /** Whether the scale goes as far below zero as above; by default, where the map has negative numbers or the colour map is diverging. */
  readonly symmetric?: boolean;
  /** Fixes both ends, for maps to be compared; by default they follow from the map. */
  readonly range?: readonly [low: number, high: number];
  /** The share of the magnitudes that lies within the scale; 1 by default, less against outliers. */
  readonly quantile?: number;
}

/**
 * The colours that {@link heatmap} and {@link overlay} give to the numbers of a map, for a colour bar.
 *
 * A map with negative numbers gets a diverging scale from $-m$ to $m$, $m = \max|M|$, so that zero is pale; other maps
 * get a sequential scale from 0 to $m$.
 *
 * @param map `[h, w]`, `[n, h, w]`, `[n, h, w, c]`, `[n, d, h, w, c]` or an attribution; volumes as for {@link heatmap}.
 * @param options `example` and `channels`; `slice` or `projection`; `colormap`, `symmetric`, `range`, `quantile`.
 * @returns the numbers at both ends, and the colour map.
 * @throws {VitrineError} if the map or an option is not as described.
 * @example
 * ```ts
 * import { colorScale } from 'vitrine';
 * const { low, high, colormap } = colorScale(map);
 * ```
 */
export function colorScale(map: MapSource, options: ColorOptions = {}): ColorScale {
  assertOptions(options, colorChecks);
  return scaleOf(mapPlane(map, options), options);
}

/** Checks of {@link ColorOptions}. */
export const colorChecks: OptionChecks<ColorOptions> = {
  ...selectionChecks,
  colormap: (argument, colormap) => assertColormap(argument, colormap as Colormap),
  symmetric: flag,
  range: (argument, range) => assertNumbers(argument, range, 2),
  quantile: share,
};

/** {@link colorScale} of a plane that is already picked. */
export function scaleOf(
  { data }: MapArray,
  { colormap, symmetric, range, quantile: within = 1 }: ColorOptions,
): ColorScale {
  if (range) return rangeScale(range, colormap);
  const negative = data.some((value) => value < 0);
  const around = symmetric ?? (negative || (colormap !== undefined && isDiverging(colormap)));
  const reach = quantile(data.map(Math.abs), within) as number;
  const chosen = colormap ?? (around ? 'RdBu' : 'inferno');
  if (around) return { low: -reach, high: reach, colormap: chosen };
  if (!negative) return { low: 0, high: reach, colormap: chosen };
  const tail = (100 - 100 * within) / 200;
  return { low: quantile(data, tail) as number, high: quantile(data, 1 - tail) as number, colormap: chosen };
}

function rangeScale(range: readonly [number, number], colormap: Colormap | undefined): ColorScale {
  const [low, high] = range;
  if (low >= high)
    throw new VitrineError('bad-argument', `"range" expected [low, high] with low < high, got [${low}, ${high}]`);
  return { low, high, colormap: colormap ?? (low === -high ? 'RdBu' : 'inferno') };
}

/** Refuses what is no colour scale. */
export function assertColorScale(argument: string, scale: ColorScale): void {
  object(argument, scale);
  assertNumber(`${argument}.low`, scale.low);
  assertNumber(`${argument}.high`, scale.high);
  assertColormap(`${argument}.colormap`, scale.colormap);
}

/** Where a number lies on a scale, from 0 to 1. */
export function positionOn({ low, high, colormap }: ColorScale, value: number): number {
  // A map without numbers other than zero has no extent: zero is the middle or the beginning.
  if (low === high) return isDiverging(colormap) ? 0.5 : 0;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}
