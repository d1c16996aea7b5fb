/** Whether a point lies in a shape that fills the square from −1 to 1; y points down. */
type Inside = (x: number, y: number) => boolean;

export type ShapeName = 'circle' | 'square' | 'triangle' | 'cross' | 'ring' | 'hourglass';

/** The shapes of generated scenes. */
export const shapes: Readonly<Record<ShapeName, Inside>> = {
  circle: (x, y) => x * x + y * y <= 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.88,
  triangle: (x, y) => y <= 0.8 && Math.abs(x) <= (y + 1) / 1.8,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.3 && Math.max(Math.abs(x), Math.abs(y)) <= 1,
  ring: (x, y) => x * x + y * y <= 1 && x * x + y * y >= 0.3,
  hourglass: (x, y) => Math.abs(y) <= 0.95 && Math.abs(x) <= Math.abs(y),
};

export type ColorName = 'red' | 'green' | 'blue' | 'yellow';
export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours of generated scenes, red, green and blue from 0 to 1. */
export const colors: Readonly<Record<ColorName, Rgb>> = {
  red: [0.86, 0.2, 0.18],
  green: [0.2, 0.68, 0.3],
  blue: [0.2, 0.36, 0.86],
  yellow: [0.92, 0.8, 0.2],
};
