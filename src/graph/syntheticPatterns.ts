import { assertInteger, assertRoom } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertOptions, integer, listOf, number, type OptionChecks, object, share, text } from '../numeric/options.ts';
import { type Random, random } from '../numeric/random.ts';
import type { FeatureMaps, LayerMaps } from '../readings/mapSource.ts';

/** Options of {@link syntheticPatterns}. */
export interface SyntheticPatternsOptions {
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
  /** How many images; 40 by default. */
  readonly imageCount?: number;
  /** The side of the images in pixels; 160 by default. */
  readonly imageSize?: number;
  /** From the lowest to the top: positions along a side and units; 20 and 10 positions of 8 units by default. */
  readonly layers?: readonly { readonly name: string; readonly positions: number; readonly unitCount: number }[];
  /** How far all parts move together from image to image, in pixels per axis; 12 by default. */
  readonly pose?: number;
  /** How far each part moves on its own; 3 by default. */
  readonly jitter?: number;
  /** The standard deviation of the noise, in heights of a response; 0.15 by default. */
  readonly deviation?: number;
  /** The share of units that also respond at one place that never moves; 0 by default. */
  readonly spurious?: number;
}

/** A part of a synthetic unit. */
export interface SyntheticPart {
  /** The mean position, in pixels. */
  readonly base: readonly [row: number, column: number];
  /** Where it is on each image, `[n, 2]`. */
  readonly positions: NdArray<Float64Array>;
}

/** What a synthetic unit responds to. */
export interface SyntheticUnit {
  /** One to four parts. */
  readonly parts: readonly SyntheticPart[];
  /** Where it responds on all images alike, if it does. */
  readonly spurious: readonly [row: number, column: number] | null;
}

/** Feature maps whose part patterns are known. */
export interface SyntheticPatterns {
  readonly maps: FeatureMaps;
  /** By layer. */
  readonly truth: Readonly<Record<string, readonly SyntheticUnit[]>>;
  /** How far the object has moved on each image, `[n, 2]`. */
  readonly pose: NdArray<Float64Array>;
}

const checks: OptionChecks<SyntheticPatternsOptions> = {
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  imageCount: integer(1),
  imageSize: integer(8),
  layers: listOf(object),
  pose: number(0),
  jitter: number(0),
  deviation: number(0),
  spurious: share,
};

/**
 * Makes feature maps whose part patterns are known: to see what a method finds again.
 *
 * An object moves from image to image. Each unit responds to one to four of its parts, which move along and a little
 * on their own, with a bump of random height; the rest is noise about −0.3, in heights of a bump. Some units may also
 * respond at a place that never moves, as units do at borders.
 *
 * @param options `seed`, `imageCount`, `imageSize`, `layers`, `pose`, `jitter`, `deviation`, `spurious`.
 * @returns the maps as `fitExplanatoryGraph` takes them, and what is in them.
 * @throws {VitrineError} if a number is out of its range.
 * @example
 * ```ts
 * import { syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 4, layers: [{ name: 'top', positions: 10, unitCount: 2 }] });
 * console.log(maps.layers.top.activations.shape, truth.top[0].parts.length);
 * ```
 */
export function syntheticPatterns(options: SyntheticPatternsOptions = {}): SyntheticPatterns {
  assertOptions(options, checks);
  const {
    seed = 0,
    imageCount: images = 40,
    imageSize = 160,
    layers = [
      { name: 'lower', positions: 20, unitCount: 8 },
      { name: 'upper', positions: 10, unitCount: 8 },
    ],
    pose = 12,
    jitter = 3,
    deviation = 0.15,
    spurious = 0,
  } = options;
  assertRoom('imageCount', [images, 2]);
  const source = random(seed);
  const moved = Float64Array.from({ length: 2 * images }, () => pose * source.normal());
  const made = layers.map(({ name, positions, unitCount }, layer) => {
    text(`layers[${layer}].name`, name);
    assertInteger(`${name}.positions`, positions, [2, imageSize]);
    assertInteger(`${name}.unitCount`, unitCount, [1, Number.POSITIVE_INFINITY]);
    assertRoom('imageCount', [images, positions, positions, unitCount]);
    const truth = Array.from({ length: unitCount }, (_, unit) =>
      unitOf(random(seed, layer, unit), {
        imageSize,
        moved,
        jitter,
        isSpurious: (unit + 0.5) / unitCount < spurious,
      }),
    );
    const jump = imageSize / positions;
    const grid = { centre: [(jump - 1) / 2, (jump - 1) / 2], jump: [jump, jump] } as const;
    const activations = paint(truth, {
      ...grid,
      positions,
      images,
      deviation,
      random: random(seed, layer, unitCount, 1),
    });
    return { name, truth, maps: { ...grid, activations } satisfies LayerMaps };
  });
  return {
    maps: {
      imageSize: [imageSize, imageSize],
      layers: Object.fromEntries(made.map(({ name, maps }) => [name, maps])),
    },
    truth: Object.fromEntries(made.map(({ name, truth }) => [name, truth])),
    pose: { shape: [images, 2], data: moved },
  };
}

function unitOf(
  source: Random,
  plan: { imageSize: number; moved: Float64Array; jitter: number; isSpurious: boolean },
): SyntheticUnit {
  const { imageSize, moved, jitter, isSpurious } = plan;
  const count = 1 + source.integer(4);
  const places = separate(source, { count: count + 1, imageSize });
  const parts = places.slice(0, count).map((base): SyntheticPart => {
    const data = moved.map((move, k) => (base[k & 1] as number) + move + jitter * source.normal());
    return { base, positions: { shape: [moved.length / 2, 2], data } };
  });
  return { parts, spurious: isSpurious ? (places[count] as readonly [number, number]) : null };
}

interface Bumps {
  readonly parts: readonly { readonly positions: NdArray<Float64Array> }[];
  readonly spurious: readonly [row: number, column: number] | null;
}

interface Canvas {
  readonly positions: number;
  readonly centre: readonly [number, number];
  readonly jump: readonly [number, number];
  readonly images: number;
  readonly deviation: number;
  readonly random: Random;
}

/** The width of a bump, in steps of the grid. */
const WIDTH = 0.7;
const FLOOR = -0.3;

/** Maps `[n, h, w, units]` with a bump wherever a unit responds. */
function paint(units: readonly Bumps[], canvas: Canvas): NdArray {
  const { positions, images, deviation, random } = canvas;
  const size = positions * positions;
  const data = Float32Array.from({ length: images * size * units.length }, () => FLOOR + deviation * random.normal());
  for (let image = 0; image < images; image++) {
    units.forEach(({ parts, spurious }, unit) => {
      const at = { data, start: image * size * units.length + unit, step: units.length };
      for (const { positions: places } of parts) {
        const place = [places.data[2 * image] as number, places.data[2 * image + 1] as number] as const;
        addBump(at, { canvas, place, height: 1.3 + 0.25 * random.normal() });
      }
      if (spurious) addBump(at, { canvas, place: spurious, height: 1.3 });
    });
  }
  return { shape: [images, positions, positions, units.length], data };
}

function addBump(
  { data, start, step }: { data: Float32Array; start: number; step: number },
  { canvas, place, height }: { canvas: Canvas; place: readonly [number, number]; height: number },
): void {
  const { positions, centre, jump } = canvas;
  for (let row = 0; row < positions; row++) {
    for (let column = 0; column < positions; column++) {
      const down = centre[0] / jump[0] + row - place[0] / jump[0];
      const across = centre[1] / jump[1] + column - place[1] / jump[1];
      const k = start + (row * positions + column) * step;
      data[k] = (data[k] as number) + height * Math.exp(-(down * down + across * across) / (2 * WIDTH * WIDTH));
    }
  }
}

type Place = readonly [row: number, column: number];

/** Places in the middle part of an image, as far apart as a quarter of its side where that can be had. */
function separate(
  { uniform }: Random,
  { count, imageSize }: { readonly count: number; readonly imageSize: number },
): readonly Place[] {
  const [low, high] = [0.22 * imageSize, 0.78 * imageSize];
  const places: Place[] = [];
  let apart = imageSize / 4;
  while (places.length < count) {
    const place: Place = [low + uniform() * (high - low), low + uniform() * (high - low)];
    const isFree = places.every(([row, column]) => Math.hypot(row - place[0], column - place[1]) >= apart);
    if (isFree) places.push(place);
    // Where the places so far leave no room.
    else apart *= 0.995;
  }
  return places;
}
