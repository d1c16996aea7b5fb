import type { Rgb } from '../../src/dissection/synthetic/colors.ts';
import { type ShapeName, shapes } from '../../src/dissection/synthetic/shapes.ts';
import { type Random, random } from '../../src/numeric/random.ts';
import { colors } from '../scenes/colors.ts';
import { drawScene } from '../scenes/drawScene.ts';
import { type Described, maskOf, placed, type SceneObject } from '../scenes/scene.ts';

/** The classes: which shapes are in a scene, whatever their colours. */
export const classes = Object.keys(shapes) as readonly ShapeName[];

/** The side of a scene in pixels. */
export const size = 48;

interface Array32 {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A generated scene of a few shapes, no two the same, before a texture. */
export interface StudyScene {
  readonly objects: readonly SceneObject[];
  /** `[1, size, size, 3]`, from −1 to 1. */
  readonly picture: Array32;
  /** 1 for each class that is there, `[1, classes]`. */
  readonly labels: Array32;
}

/** Where the object of a class is, `[1, size, size]`. */
export function maskOfClass({ objects }: StudyScene, wanted: number): Array32 {
  return maskOf(
    objects.filter(({ shape }) => shape === classes[wanted]),
    size,
  );
}

/** Scene number `index` of the endless data set of a seed, with two to four objects. */
export function studyScene(seed: number, index: number): StudyScene {
  const source = random(seed, index);
  return scene({ size, count: 2 + source.integer(3) }, source);
}

/** A picture of a quarter of the area with one object or none, to begin a training with. */
export function smallScene(seed: number, index: number): StudyScene {
  const source = random(seed, index);
  return scene({ size: size / 2, count: source.uniform() < 0.1 ? 0 : 1 }, source);
}

function scene({ size, count }: { size: number; count: number }, source: Random): StudyScene {
  const chosen = shuffled(classes, source).slice(0, count);
  const described = chosen.map(
    (shape): Described => ({ shape, color: varied(pick(Object.values(colors), source), source) }),
  );
  const objects = placed(described, { size, radius: [5.5, 8], gap: 1 }, source);
  const grey = 0.3 + 0.4 * source.uniform();
  const background = { color: varied([grey, grey, grey], source), texture: 0.25, noise: 0.06 };
  const picture = drawScene(objects, { size, background, source });
  const labels = Float32Array.from(classes, (shape) => Number(chosen.includes(shape)));
  return { objects, picture, labels: { shape: [1, classes.length], data: labels } };
}

function varied(color: Rgb, { uniform }: Random): Rgb {
  const vary = (value: number): number => Math.min(Math.max(value + 0.2 * (uniform() - 0.5), 0), 1);
  return [vary(color[0]), vary(color[1]), vary(color[2])];
}

function pick<T>(list: readonly T[], { integer }: Random): T {
  return list[integer(list.length)] as T;
}

function shuffled<T>(list: readonly T[], { integer }: Random): T[] {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
