import type { Rgb } from '../../src/dissection/synthetic/colors.ts';

export type ColorName = 'red' | 'green' | 'blue' | 'yellow';

/** The colours of generated scenes, red, green and blue from 0 to 1. */
export const colors: Readonly<Record<ColorName, Rgb>> = {
  red: [0.86, 0.2, 0.18],
  green: [0.2, 0.68, 0.3],
  blue: [0.2, 0.36, 0.86],
  yellow: [0.92, 0.8, 0.2],
};
