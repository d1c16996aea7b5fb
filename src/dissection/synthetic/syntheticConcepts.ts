import { assertRoom } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, safeInteger } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import type { Concept } from '../types.ts';
import { compose } from './compose.ts';
import { paint } from './paint.ts';
import { categories, concepts, numberOf, thingNames } from './vocabulary.ts';

/** Options of {@link syntheticConcepts}. */
export interface SyntheticOptions {
  /** Of the pictures; 0 by default. */
  readonly seed?: number;
  /** How many pictures; 200 by default. */
  readonly count?: number;
  /** Their side in pixels, at least 16; 64 by default. */
  readonly size?: number;
}

const checks: OptionChecks<SyntheticOptions> = {
  seed: safeInteger,
  count: integer(1),
  size: integer(16),
};

/** A generated picture with its labels. */
export interface SyntheticSample extends LabelledImage {
  /** `[size, size, 3]`, red, green and blue from −1 to 1. */
  readonly image: NdArray;
  /** `[4, size, size]`: the colour, the object, the part and the material of each pixel. */
  readonly planes: NdArray<Uint16Array>;
  /** The scene, and the texture of the background if it has one. */
  readonly scalars: readonly number[];
  readonly name: string;
  /** Which thing it is a picture of, as the place in `classes`. */
  readonly class: number;
}

/** A generated data set. */
export interface SyntheticConcepts {
  readonly concepts: readonly Concept[];
  /** color, object, part, material, scene and texture. */
  readonly categories: readonly string[];
  /** The names of the classes. */
  readonly classes: readonly string[];
  readonly samples: readonly SyntheticSample[];
}

/**
 * Generates pictures that are labelled in all six categories of Network Dissection, to try it where no data set is at
 * hand: train a small network to tell the classes apart, then dissect it.
 *
 * Each shows a thing, the class, before sky and ground. A thing has parts, a part any colour and one of a few materials, so
 * that neither gives the class away; the scene decides on the colours of sky and ground, which may have a texture.
 * A pixel's colour is the nearest of the eleven basic ones to what is painted there. A picture depends on the seed, the
 * size and its place alone: the first pictures of a larger set are those of a smaller one.
 *
 * Source: the categories are those of Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual
 * representations", Table 1; the pictures are our own.
 *
 * @param options `seed`, `count`, `size`.
 * @returns concepts, categories, classes, and pictures `[size, size, 3]` with labels `[4, size, size]`.
 * @throws {VitrineError} if `seed` is no safe integer, `count` < 1 or `size` < 16.
 * @example
 * ```ts
 * import { dissect, syntheticConcepts } from 'vitrine';
 * const { samples, concepts, categories, classes } = syntheticConcepts({ count: 4, size: 16 });
 * console.log(samples.map((sample) => classes[sample.class]));
 * const { conv3 } = await dissect(model, samples, { layers: ['conv3'], concepts, categories });
 * ```
 */
export function syntheticConcepts(options: SyntheticOptions = {}): SyntheticConcepts {
  assertOptions(options, checks);
  const { seed = 0, count = 200, size = 64 } = options;
  assertRoom('count', [count, size, size, 4]);
  const samples = Array.from({ length: count }, (_, index) => sampleOf(seed, index, size));
  return { concepts, categories, classes: thingNames, samples };
}

function sampleOf(seed: number, index: number, size: number): SyntheticSample {
  const source = random(seed, index);
  const composition = compose(size, source);
  const { scene, texture, thing } = composition;
  const scalars = [numberOf('scene', scene), ...(texture ? [numberOf('texture', texture)] : [])];
  return {
    ...paint(composition, size, source),
    scalars,
    name: `${thing} ${index}`,
    class: thingNames.indexOf(thing),
  };
}
