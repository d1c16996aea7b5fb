import { assertInteger, assertNumber, assertRoom } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { type Random, random } from '../../numeric/random.ts';
import type { FeatureMaps, LayerMaps } from '../types.ts';
import { paint } from './paint.ts';
import { separate } from './separate.ts';

/** Options of {@link syntheticPatterns}. */
export interface SyntheticPatternsOptions {
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
  /** How many images; 40 by default. */
  readonly images?: number;
  /** The side of the images in pixels; 160 by default. */
  readonly imageSize?: number;
  /** From the lowest to the top: positions along a side and filters; 20 and 10 positions of 8 filters by default. */
  readonly layers?: readonly { readonly name: string; readonly positions: number; readonly filters: number }[];
  /** How far all parts move together from image to image, in pixels per axis; 12 by default. */
  readonly pose?: number;
  /** How far each part moves on its own; 3 by default. */
  readonly jitter?: number;
  /** The deviation of the noise, in heights of a response; 0.15 by default. */
  readonly noise?: number;
  /** The share of filters that also respond at one place that never moves; 0 by default. */
  readonly spurious?: number;
}

/** A part of a synthetic filter. */
export interface SyntheticPart {
  /** The mean position, in pixels. */
  readonly base: readonly [row: number, column: number];
  /** Where it is on each image, `[n, 2]`. */
  readonly positions: NdArray<Float64Array>;
}

/** What a synthetic filter responds to. */
export interface SyntheticFilter {
  /** One to four parts. */
  readonly parts: readonly SyntheticPart[];
  /** Where it responds on all images alike, if it does. */
  readonly spurious: readonly [row: number, column: number] | null;
}

/** Feature maps whose part patterns are known. */
export interface SyntheticPatterns {
  readonly maps: FeatureMaps;
  /** By layer. */
  readonly truth: Readonly<Record<string, readonly SyntheticFilter[]>>;
  /** How far the object has moved on each image, `[n, 2]`. */
  readonly pose: NdArray<Float64Array>;
}

/**
 * Makes feature maps whose part patterns are known: to see what a method finds again.
 *
 * An object moves from image to image. Each filter responds to one to four of its parts, which move along and a little
 * on their own, with a bump of random height; the rest is noise about −0.3, in heights of a bump. Some filters may also
 * respond at a place that never moves, as filters do at borders.
 *
 * @param options `seed`, `images`, `imageSize`, `layers`, `pose`, `jitter`, `noise`, `spurious`.
 * @returns the maps as `fitExplanatoryGraph` takes them, and what is in them.
 * @throws {VitrineError} if a number is out of its range.
 * @example
 * ```ts
 * import { syntheticPatterns } from 'vitrine';
 * const { maps, truth } = syntheticPatterns({ images: 4, layers: [{ name: 'top', positions: 10, filters: 2 }] });
 * console.log(maps.layers.top.activations.shape, truth.top[0].parts.length);
 * ```
 */
export function syntheticPatterns({
  seed = 0,
  images = 40,
  imageSize = 160,
  layers = [
    { name: 'lower', positions: 20, filters: 8 },
    { name: 'upper', positions: 10, filters: 8 },
  ],
  pose = 12,
  jitter = 3,
  noise = 0.15,
  spurious = 0,
}: SyntheticPatternsOptions = {}): SyntheticPatterns {
  assertInteger('images', images, [1, Number.POSITIVE_INFINITY]);
  assertInteger('imageSize', imageSize, [8, Number.POSITIVE_INFINITY]);
  for (const [name, value] of Object.entries({ pose, jitter, noise, spurious })) assertNumber(name, value, 0);
  assertRoom('images', [images, 2]);
  const source = random(seed);
  const moved = Float64Array.from({ length: 2 * images }, () => pose * source.normal());
  const made = layers.map(({ name, positions, filters }, layer) => {
    assertInteger(`${name}.positions`, positions, [2, imageSize]);
    assertInteger(`${name}.filters`, filters, [1, Number.POSITIVE_INFINITY]);
    assertRoom('images', [images, positions, positions, filters]);
    const truth = Array.from({ length: filters }, (_, filter) =>
      filterOf(random(seed, layer, filter), {
        imageSize,
        moved,
        jitter,
        isSpurious: (filter + 0.5) / filters < spurious,
      }),
    );
    const jump = imageSize / positions;
    const grid = { centre: [(jump - 1) / 2, (jump - 1) / 2], jump: [jump, jump] } as const;
    const activations = paint(truth, { ...grid, positions, images, noise, random: random(seed, layer, filters, 1) });
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

function filterOf(
  source: Random,
  plan: { imageSize: number; moved: Float64Array; jitter: number; isSpurious: boolean },
): SyntheticFilter {
  const { imageSize, moved, jitter, isSpurious } = plan;
  const count = 1 + source.integer(4);
  const places = separate(source, { count: count + 1, imageSize });
  const parts = places.slice(0, count).map((base): SyntheticPart => {
    const data = moved.map((move, k) => (base[k & 1] as number) + move + jitter * source.normal());
    return { base, positions: { shape: [moved.length / 2, 2], data } };
  });
  return { parts, spurious: isSpurious ? (places[count] as readonly [number, number]) : null };
}
