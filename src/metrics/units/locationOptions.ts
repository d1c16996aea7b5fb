import { assertOptions, integer, type OptionChecks, oneOf } from '../../numeric/options.ts';
import type { Located } from './locationData.ts';

/** Which images of a unit count for a landmark. */
export interface LocationOptions {
  /** How many images at most, those on which the unit responds most; 100 by default. */
  readonly top?: number;
  /** What is taken from the number of images in the divisor of variances: 1, by default, or 0. */
  readonly ddof?: number;
  /** Whether the top images are taken after or before those without the landmark are left out; after by default. */
  readonly select?: 'afterVisibility' | 'beforeVisibility';
}

/** The options with their defaults, checked. */
export function locationOptions(options: LocationOptions): Required<LocationOptions> {
  assertOptions(options, checks);
  const { top = 100, ddof = 1, select = 'afterVisibility' } = options;
  return { top, ddof, select };
}

const checks: OptionChecks<LocationOptions> = {
  top: integer(2),
  ddof: integer(0, 1),
  select: oneOf(['afterVisibility', 'beforeVisibility']),
};

/**
 * For each landmark the images that count for a unit: the top ones among those that show it, or those that show it
 * among the top ones. By falling score; of equal scores the first image comes first.
 */
export function chosenImages(
  data: Located,
  unit: number,
  { top, select }: Required<LocationOptions>,
): readonly (readonly number[])[] {
  const images = Array.from({ length: data.images }, (_, image) => image);
  const ranked = images.sort((a, b) => data.score(b, unit) - data.score(a, unit) || a - b);
  return Array.from({ length: data.landmarks }, (_, landmark) => {
    const isVisible = (image: number): boolean => data.isVisible(image, landmark);
    return select === 'beforeVisibility'
      ? ranked.slice(0, top).filter(isVisible)
      : ranked.filter(isVisible).slice(0, top);
  });
}
