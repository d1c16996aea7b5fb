/** Red, green and blue from 0 to 1. */
export type Rgb = readonly [red: number, green: number, blue: number];

export type ColorName =
  | 'black'
  | 'blue'
  | 'brown'
  | 'green'
  | 'grey'
  | 'orange'
  | 'pink'
  | 'purple'
  | 'red'
  | 'white'
  | 'yellow';

/**
 * What the eleven basic colour words mean at their clearest.
 *
 * Source: Berlin and Kay 1969, "Basic Color Terms", for the words; the numbers are our own.
 */
export const colors: Readonly<Record<ColorName, Rgb>> = {
  black: [0.06, 0.06, 0.06],
  blue: [0.15, 0.3, 0.85],
  brown: [0.42, 0.26, 0.12],
  green: [0.2, 0.62, 0.25],
  grey: [0.5, 0.5, 0.5],
  orange: [0.95, 0.55, 0.1],
  pink: [0.96, 0.62, 0.74],
  purple: [0.5, 0.2, 0.62],
  red: [0.84, 0.13, 0.13],
  white: [0.95, 0.95, 0.95],
  yellow: [0.96, 0.86, 0.2],
};

export const colorNames = Object.keys(colors) as readonly ColorName[];

/** The word for a colour: the one whose clearest colour is nearest. */
export function colorName(color: Rgb): ColorName {
  let [nearest, least] = ['black' as ColorName, Number.POSITIVE_INFINITY];
  for (const name of colorNames) {
    const [red, green, blue] = colors[name];
    const distance = (color[0] - red) ** 2 + (color[1] - green) ** 2 + (color[2] - blue) ** 2;
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}
