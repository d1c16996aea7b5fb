import type { Rgb } from '../../src/dissection/synthetic/colors.ts';
import { covers, type Figure } from '../../src/dissection/synthetic/shapes.ts';
import type { Random } from '../../src/numeric/random.ts';

/** One thing in a scene. */
export interface SceneObject extends Figure {
  readonly color: Rgb;
}

/** What is known about an object before it has a place. */
export type Described = Pick<SceneObject, 'shape' | 'color'>;

/** How objects are placed. */
export interface Placement {
  /** The side of the picture in pixels. */
  readonly size: number;
  /** The least and the largest radius. */
  readonly radius: readonly [number, number];
  /** Pixels between any two objects. */
  readonly gap?: number;
}

/** Gives each object a radius and a place where it overlaps no other one. */
export function placed(
  objects: readonly Described[],
  { size, radius: [least, most], gap = 2 }: Placement,
  { uniform }: Random,
): readonly SceneObject[] {
  for (;;) {
    const found: SceneObject[] = [];
    for (const object of objects) {
      const radius = least + (most - least) * uniform();
      const [row, column] = [place(radius, size, uniform()), place(radius, size, uniform())];
      found.push({ ...object, row, column, radius });
    }
    if (found.every((object, i) => found.slice(0, i).every((other) => apart(object, other, gap)))) return found;
  }
}

/** 1 where a pixel's centre lies in one of the objects, `[1, size, size]`. */
export function maskOf(objects: readonly SceneObject[], size: number): { shape: number[]; data: Float32Array } {
  const data = Float32Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size) + 0.5, (i % size) + 0.5];
    return objects.some((object) => covers(object, y, x)) ? 1 : 0;
  });
  return { shape: [1, size, size], data };
}

function place(radius: number, size: number, share: number): number {
  return radius + 1 + (size - 2 * radius - 2) * share;
}

function apart(a: SceneObject, b: SceneObject, gap: number): boolean {
  const distance = Math.max(Math.abs(a.row - b.row), Math.abs(a.column - b.column));
  return distance >= a.radius + b.radius + gap;
}
