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

/** A shape somewhere in a picture, in pixels. */
export interface Figure {
  readonly shape: ShapeName;
  /** The centre. */
  readonly row: number;
  readonly column: number;
  /** Half the height of the rectangle that the shape fills. */
  readonly radius: number;
  /** Its width over its height; 1 by default. */
  readonly aspect?: number;
}

/** Whether a figure covers a point of the picture. */
export function covers({ shape, row, column, radius, aspect = 1 }: Figure, y: number, x: number): boolean {
  return shapes[shape]((x - column) / (radius * aspect), (y - row) / radius);
}
