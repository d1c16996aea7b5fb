import type { Located } from './locationData.ts';
import type { LocationOptions } from './locationOptions.ts';

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
