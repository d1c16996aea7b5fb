import { type ColorName, colors, type Rgb } from '../../src/dissection/synthetic/colors.ts';
import { type Random, random } from '../../src/numeric/random.ts';
import { drawScene } from '../scenes/drawScene.ts';
import { type CategoryName, categoryNames, partNames, piecesOf } from './anatomy.ts';
import { type PaintedPiece, type PartPlaces, partPlaces } from './partPlaces.ts';

/** Options of {@link drawAnimal}. */
export interface AnimalOptions {
  /** Of all pictures of a set; 0 by default. */
  readonly seed?: number;
  /** The side of the picture in pixels; 64 by default. */
  readonly size?: number;
  /** One of the categories by default, each as often. */
  readonly category?: CategoryName;
  /** Where it looks to; either by default. */
  readonly facing?: 'left' | 'right';
}

/** A picture of an animal, and where its parts are; the centre of the first pixel is 0. */
export interface Animal extends PartPlaces {
  /** `[size, size, 3]`, red, green and blue from −1 to 1. */
  readonly image: { readonly shape: readonly number[]; readonly data: Float32Array };
  /** The place in {@link categoryNames}. */
  readonly category: number;
}

/**
 * Draws an animal somewhere in a picture, in some pose, colour and size, looking to the left or to the right. Something
 * stands before every third one. A picture depends on its number, the seed and the options alone.
 */
export function drawAnimal(number: number, { seed = 0, size = 64, category, facing }: AnimalOptions = {}): Animal {
  const source = random(seed, number);
  const own = category ? categoryNames.indexOf(category) : source.integer(categoryNames.length);
  const background = anyColor(source);
  const animal = posed(categoryNames[own] as CategoryName, { size, background, facing, source });
  const before = source.uniform() < 1 / 3 ? obstacle(animal, { size, background, source }) : [];
  const texture = 0.1 + 0.25 * source.uniform();
  const scene = { size, background: { color: background, texture, noise: 0.02 }, source };
  const { data } = drawScene([...before, ...animal], scene);
  return {
    image: { shape: [size, size, 3], data },
    category: own,
    ...partPlaces(animal, { before, size }),
  };
}

/** The surroundings that colours and places depend on. */
interface Surroundings {
  readonly size: number;
  readonly background: Rgb;
  readonly facing?: AnimalOptions['facing'];
  readonly source: Random;
}

/** The pieces of an animal in pixels, those in front first. */
function posed(category: CategoryName, { size, background, facing, source }: Surroundings): readonly PaintedPiece[] {
  const any = (): number => 2 * source.uniform() - 1;
  const pieces = piecesOf(category, { swing: any(), nod: any(), wag: any(), stretch: any() });
  const reach = size * between(0.2, 0.28, source);
  const [row, column] = [
    between(1.25 * reach, size - 1.05 * reach, source),
    between(1.2 * reach, size - 1.2 * reach, source),
  ];
  const chance = source.uniform() < 0.5 ? 'right' : 'left';
  const direction = (facing ?? chance) === 'right' ? 1 : -1;
  const coat = unlike([background], source);
  const colorOf = new Map(
    partNames.map((part) => [part, part === 'beak' ? unlike([background, coat], source) : shaded(coat, source)]),
  );
  return pieces.map(({ part, shape, x, y, radius, aspect = 1 }) => ({
    part,
    shape,
    row: row + reach * y,
    column: column + direction * reach * x,
    radius: reach * radius,
    aspect,
    color: colorOf.get(part) as Rgb,
  }));
}

/** Something round before a part of an animal. */
function obstacle(
  animal: readonly PaintedPiece[],
  { size, background, source }: Surroundings,
): readonly PaintedPiece[] {
  const { row, column } = animal[source.integer(animal.length)] as PaintedPiece;
  return [
    { shape: 'circle', row, column, radius: size * between(0.08, 0.13, source), color: unlike([background], source) },
  ];
}

function anyColor(source: Random): Rgb {
  const names = Object.keys(colors) as readonly ColorName[];
  return shaded(colors[names[source.integer(names.length)] as ColorName], source);
}

/** A colour that can be told from others. */
function unlike(others: readonly Rgb[], source: Random): Rgb {
  for (;;) {
    const color = anyColor(source);
    const distance = (other: Rgb): number => Math.hypot(...other.map((value, c) => value - (color[c] as number)));
    if (others.every((other) => distance(other) > 0.45)) return color;
  }
}

/** A little lighter or darker. */
function shaded(color: Rgb, source: Random): Rgb {
  const shade = between(-0.1, 0.1, source);
  return color.map((value) => Math.min(Math.max(value + shade, 0), 1)) as unknown as Rgb;
}

function between(low: number, high: number, { uniform }: Random): number {
  return low + (high - low) * uniform();
}
