import type { Accumulator } from '../../numeric/accumulator.ts';
import { assertArray, assertRoom } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { addTo } from '../../numeric/ndarray.ts';
import { assertOptions, listOf, type OptionChecks, required, text } from '../../numeric/options.ts';
import { assertCounted, packArrays, unpackArrays, unpacked } from '../../numeric/packedArrays.ts';
import type { LabelledActivations } from '../../readings/labels.ts';
import { assertUpsampling, type Upsampling } from '../../readings/placement.ts';
import { axesOf } from '../masks/axes.ts';
import { litPixels } from '../masks/litPixels.ts';
import type { Concept } from '../types.ts';
import { assertActivations, conceptList, unitThresholds } from './checks.ts';
import { conceptIndex } from './conceptIndex.ts';
import { type LabelPalette, labelPalette } from './labelPalette.ts';

/** Options of {@link tallyAccumulator}. */
export interface TallyOptions {
  /** The activation above which a pixel belongs to a unit's mask, per unit. */
  readonly thresholds: Float64Array;
  /** What the numbers of labels stand for. */
  readonly concepts: readonly Concept[];
  /** The categories in the order of the tables; by default in order of first appearance. */
  readonly categories?: readonly string[];
  /** Where positions lie in the image; `'fill'` by default. */
  readonly upsampling?: Upsampling;
}

const checks: OptionChecks<TallyOptions> = {
  thresholds: required(unitThresholds),
  concepts: required(conceptList),
  categories: listOf(text),
  upsampling: assertUpsampling,
};

/** Pixels counted over images; all are integers. */
export interface Tally {
  /** The pixels that a unit's mask and a concept share, `[units × concepts]`. */
  readonly intersection: Float64Array;
  /** The pixels of each unit's mask. */
  readonly mask: Float64Array;
  /** The pixels of a unit's mask in images with something of a category, `[units × categories]`. */
  readonly area: Float64Array;
  /** The pixels of each concept. */
  readonly truth: Float64Array;
  /** The pixels of the images with something of a category. */
  readonly extent: Float64Array;
  /** The number of images, and the rows and columns of their labels; 0 as long as there is none. */
  readonly images: Float64Array;
}

/**
 * Counts, over images, the pixels that the mask of each unit shares with each concept.
 *
 * The mask of a unit is where its activations, interpolated bilinearly, exceed its threshold. Several labels of a
 * pixel all count, a label that is there twice counts once, a label of the whole image holds for all pixels.
 *
 * Source: Bau et al. 2017, "Network Dissection", §3.1.
 *
 * @param options `thresholds`, `concepts`; `categories`, `upsampling`.
 * @returns an accumulator of labelled activations; all counts are integers, so that neither order nor sharding matters.
 * @throws {VitrineError} if a label is no concept's number, labels are of another size than before, activations are not
 * finite or of other units, or bytes are not those of such a state.
 * @example
 * ```ts
 * import { tallyAccumulator } from 'vitrine/dissection';
 * const concepts = [{ number: 1, name: 'sky', category: 'object' }];
 * const tally = tallyAccumulator({ thresholds: Float64Array.of(0.5), concepts });
 * const state = tally.create();
 * tally.add(state, {
 *   activations: { shape: [2, 1, 1], data: Float32Array.of(1, 0) },
 *   planes: { shape: [1, 2, 1], data: Int32Array.of(1, 1) },
 * });
 * console.log(tally.extract(state).intersection); // 1 of the sky's 2 pixels
 * ```
 */
export function tallyAccumulator(options: TallyOptions): Accumulator<Tally, LabelledActivations, Tally> {
  assertOptions(options, checks);
  const { places } = conceptIndex(options.concepts, options.categories);
  const { add, ...others } = paletteTally(options);
  return {
    ...others,
    add: (tally, item) => add(tally, { activations: item?.activations, palette: labelPalette(item, places) }),
  };
}

/** Activations with labels that were made a palette. */
interface PalettedActivations {
  readonly activations: NdArray;
  readonly palette: LabelPalette;
}

/** The same where the palette of an image is made once for several tallies. */
export function paletteTally({
  thresholds,
  concepts,
  categories: given,
  upsampling = 'fill',
}: TallyOptions): Accumulator<Tally, PalettedActivations, Tally> {
  const { categories, categoryOf } = conceptIndex(concepts, given);
  const [units, conceptCount, categoryCount] = [thresholds.length, concepts.length, categories.length];
  assertRoom('concepts', [units, conceptCount]);
  const create = (): Tally => ({
    intersection: new Float64Array(units * conceptCount),
    mask: new Float64Array(units),
    area: new Float64Array(units * categoryCount),
    truth: new Float64Array(conceptCount),
    extent: new Float64Array(categoryCount),
    images: new Float64Array(3),
  });
  const merge = (into: Tally, from: Tally): void => {
    checkSize(into, (from.images[0] as number) > 0 ? [from.images[1] as number, from.images[2] as number] : undefined);
    for (const name of ['intersection', 'mask', 'area', 'truth', 'extent'] as const) addTo(into[name], from[name]);
    into.images[0] = (into.images[0] as number) + (from.images[0] as number);
  };
  return {
    create,
    add(tally, { activations, palette }) {
      assertArray('activations', activations, [3]);
      assertActivations(activations, units);
      checkSize(tally, palette.size);
      tally.images[0] = (tally.images[0] as number) + 1;
      const pixels = palette.pixels.length;
      const shares = countLabels(tally, palette);
      const present = [...new Set(shares.map((concept) => categoryOf[concept] as number))];
      for (const category of present) tally.extent[category] = (tally.extent[category] as number) + pixels;
      const axes = axesOf(upsampling, activations.shape as unknown as [number, number], palette.size);
      const histogram = new Int32Array(palette.combinations.length);
      litPixels(activations, thresholds, axes, (unit, lit) => {
        tally.mask[unit] = (tally.mask[unit] as number) + lit.length;
        for (const pixel of lit) {
          const combination = palette.pixels[pixel] as number;
          histogram[combination] = (histogram[combination] as number) + 1;
        }
        const row = tally.intersection.subarray(unit * conceptCount, (unit + 1) * conceptCount);
        spread(histogram, palette, row);
        for (const concept of palette.everywhere) row[concept] = (row[concept] as number) + lit.length;
        for (const category of present) {
          const place = unit * categoryCount + category;
          tally.area[place] = (tally.area[place] as number) + lit.length;
        }
        histogram.fill(0);
      });
    },
    merge,
    extract: (tally) => tally,
    encode: (tally) => packArrays('tally', { ...tally, thresholds }),
    decode(bytes) {
      const arrays = unpackArrays('tally', bytes);
      const tally = create();
      const fits = Object.entries(tally).every(([name, table]) => arrays.get(name)?.length === table.length);
      if (!fits || !sameNumbers(arrays.get('thresholds') ?? [], thresholds)) {
        const expected = `${units} units with these thresholds, ${conceptCount} concepts`;
        throw new VitrineError('bad-argument', `"bytes" expected the tally of ${expected}, got another`);
      }
      for (const [name, table] of Object.entries(tally) as [string, Float64Array][]) {
        table.set(unpacked(arrays, name, { type: 'Float64Array' }));
        for (const count of table) assertCounted(name, count);
      }
      return tally;
    },
  };
}

/** Counts the pixels of each concept, and returns the concepts that are there. */
function countLabels({ truth }: Tally, palette: LabelPalette): readonly number[] {
  const histogram = new Int32Array(palette.combinations.length);
  for (const combination of palette.pixels) histogram[combination] = (histogram[combination] as number) + 1;
  const own = new Float64Array(truth.length);
  spread(histogram, palette, own);
  for (const concept of palette.everywhere) own[concept] = palette.pixels.length;
  addTo(truth, own);
  return [...own.keys()].filter((concept) => (own[concept] as number) > 0);
}

/** Adds the pixels of combinations to each of their concepts. */
function spread(histogram: Int32Array, { combinations }: LabelPalette, row: Float64Array): void {
  histogram.forEach((count, combination) => {
    if (count === 0) return;
    for (const concept of combinations[combination] as readonly number[])
      row[concept] = (row[concept] as number) + count;
  });
}

function checkSize({ images }: Tally, size: readonly [number, number] | undefined): void {
  if (!size) return;
  if (images[1] === 0) images.set(size, 1);
  if (images[1] === size[0] && images[2] === size[1]) return;
  throw new VitrineError(
    'bad-argument',
    `"planes" expected ${images[1]}×${images[2]} as before, got ${size[0]}×${size[1]}`,
  );
}

function sameNumbers(a: ArrayLike<number>, b: Float64Array): boolean {
  return a.length === b.length && b.every((value, i) => value === a[i]);
}
