import type { Random } from '../../numeric/random.ts';
import { type ColorName, colors, type Rgb } from './colors.ts';
import { type MaterialName, type TextureName, textures } from './patterns.ts';
import { type SceneName, sceneries } from './sceneries.ts';
import type { Figure } from './shapes.ts';
import { type ThingName, things } from './things.ts';
import { thingNames } from './vocabulary.ts';

/** A part of a thing in a picture. */
interface PaintedPart extends Figure {
  readonly part: string;
  readonly color: Rgb;
  readonly material: MaterialName;
}

/** All that is in a picture. */
export interface Composition {
  readonly scene: SceneName;
  readonly sky: Rgb;
  readonly ground: Rgb;
  /** The row at which the ground begins. */
  readonly horizon: number;
  /** The texture of sky and ground, if they have one. */
  readonly texture: TextureName | undefined;
  readonly thing: ThingName;
  /** The parts of the thing, those in front first. */
  readonly parts: readonly PaintedPart[];
  /** How far patterns are shifted, in sixteenths of the picture's side. */
  readonly shift: readonly [rows: number, columns: number];
}

/** Chooses a scene with one thing, all of it in the picture. */
export function compose(size: number, source: Random): Composition {
  const scene = pick(Object.keys(sceneries) as readonly SceneName[], source);
  const { sky, ground } = sceneries[scene];
  const thing = pick(thingNames, source);
  return {
    scene,
    thing,
    sky: varied(pick(sky, source), source),
    ground: varied(pick(ground, source), source),
    horizon: size * between(0.4, 0.7, source),
    texture: pick([...(Object.keys(textures) as readonly TextureName[]), undefined], source),
    parts: partsOf(thing, size, source),
    shift: [between(0, 12, source), between(0, 12, source)],
  };
}

function partsOf(thing: ThingName, size: number, source: Random): readonly PaintedPart[] {
  const reach = size * between(0.25, 0.42, source);
  const [row, column] = [between(reach, size - reach, source), between(reach, size - reach, source)];
  // Parts of one name are of one kind: both wheels of a car, front and cabin of its body.
  const looks = new Map<string, Pick<PaintedPart, 'color' | 'material'>>();
  return things[thing].map(({ part, shape, at, radius, aspect = 1, materials }) => {
    const look = looks.get(part) ?? {
      color: varied(pick(Object.keys(colors) as readonly ColorName[], source), source),
      material: pick(materials, source),
    };
    looks.set(part, look);
    return {
      part,
      shape,
      row: row + reach * at[0],
      column: column + reach * at[1],
      radius: reach * radius,
      aspect,
      ...look,
    };
  });
}

function varied(name: ColorName, source: Random): Rgb {
  const vary = (value: number): number => value + between(-0.08, 0.08, source);
  const [red, green, blue] = colors[name];
  return [vary(red), vary(green), vary(blue)];
}

function between(low: number, high: number, { uniform }: Random): number {
  return low + (high - low) * uniform();
}

function pick<T>(list: readonly T[], { integer }: Random): T {
  return list[integer(list.length)] as T;
}
