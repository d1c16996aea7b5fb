import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import { assertArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf, type TypedArray } from '../../numeric/ndarray.ts';
import { anything, count, integer, type OptionChecks, required } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { runningMoments } from '../../numeric/running.ts';
import { resolveBaselines } from '../../scoring/baselines.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { besideOthers, hideable, masked } from '../../scoring/masking.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import { type ImageInput, type InputOption, imageInput } from '../../scoring/placedInput.ts';
import { explain } from '../../scoring/session.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { type Attribute, assertAttributes } from './attribute.ts';

/** A place of images where something is to be seen. */
export interface ErasedPlace {
  readonly name: string;
  /** `[h, w]` for all images or `[n, h, w]`; what is not zero is erased. */
  readonly mask: NdArray<TypedArray>;
}

/** Options of {@link eraseAndWatch}. */
export interface EraseOptions extends Omit<ExplainOptions, 'target'>, InputOption {
  /** Whose scores are watched. */
  readonly attributes: readonly Attribute[];
  /** What is erased, one at a time. */
  readonly places: readonly ErasedPlace[];
  /** What an erased place looks like; `'mean'` by default, the mean colour of the image. */
  readonly baseline?: Baseline;
  /** How many other places of the same shape are erased beside each, at random in each image; 4 by default. */
  readonly controls?: number;
}

/** What scores do when places are erased. */
export interface ErasedScores {
  readonly places: readonly string[];
  readonly attributes: readonly string[];
  /** How far the score of each attribute falls when a place is erased, in the mean over images, `[p, k]`. */
  readonly fall: NdArray<Float64Array>;
  /** The standard error of that mean, `[p, k]`. */
  readonly error: NdArray<Float64Array>;
  /** How far it falls when a part of the same shape is erased elsewhere, `[p, k]`; zeros without controls. */
  readonly control: NdArray<Float64Array>;
  /** The fall in each image, `[n, p, k]`. */
  readonly perImage: NdArray<Float64Array>;
}

/**
 * Erases places of images and watches the scores of attributes: an attribute that falls when the place of another is erased
 * is told by the other's evidence, as a model that tells lipstick by the eyes.
 *
 * $F_{pk} = \frac1n \sum_i \bigl(Y_k(x_i) - Y_k(x_i \text{ without place } p)\bigr)$, beside the same for parts of the same shape at random places,
 * which show what erasing anything does. An erased place is a new sight; compare baselines before you conclude.
 *
 * Source: Zhang, Wang and Zhu 2018, "Examining CNN representations with respect to dataset bias", section 1, made a measure;
 * Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", section 4.2, for hiding parts.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x two images or more, `[n, h, w, c]`.
 * @param options `attributes`, `places`, `baseline`, `controls`, `input`; `scale`, `output`, `seed`, `batchSize`, `signal`,
 * `onProgress`.
 * @returns how far each score falls, `[p, k]`.
 * @throws {VitrineError} if `x` holds no images, a mask has another size, or an attribute does not exist.
 * @example
 * ```ts
 * import { eraseAndWatch } from 'vitrine/diagnosis';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i < 64)) };
 * const attributes = [0, 1].map((target) => ({ name: `attribute ${target}`, target }));
 * const { fall, control } = await eraseAndWatch(model, x, { attributes, places: [{ name: 'top', mask }] });
 * console.log(fall.data, control.data);
 * ```
 */
export async function eraseAndWatch(model: Model, x: Input, options: EraseOptions): Promise<ErasedScores> {
  return explain(model, x, options, { checks: eraseChecks }, async (session, own) => {
    const { attributes, places, baseline = 'mean', controls = 4, seed = 0 } = own;
    assertAttributes(attributes);
    const image = imageInput(session, own.input);
    assertPlaces(places, session.count, image);
    const input = session.inputs[image.index] as NdArray;
    const [hidden] = await resolveBaselines([input], { baseline, seed });
    const masks = (example: number): readonly Float32Array[] =>
      places.flatMap((place, p) => keptMasks(maskOf(place, example), image, { controls, draw: [seed, example, p] }));
    const samples = 1 + places.length * (1 + controls);
    const falls = new Float64Array(session.count * places.length * attributes.length);
    const others = falls.slice();
    for (const [k, { target }] of attributes.entries()) {
      const scores = await allPerturbedScores(session, {
        stage: 'eraseAndWatch',
        samples,
        scorer: session.scorerOf(target),
        rows: (example, start, end) => {
          const all = [new Float32Array(image.plane[0] * image.plane[1]).fill(1), ...masks(example)];
          const chosen = all.slice(start, end).map((mask) => tf.tensor(mask, [1, ...image.plane, 1]));
          const shown = masked(hideable(input, hidden as NdArray, example), tf.concat(chosen, 0));
          return besideOthers(shown, { inputs: session.inputs, index: image.index, example });
        },
      });
      for (let example = 0; example < session.count; example++) {
        const own = rowOf(scores, example);
        places.forEach((_, p) => {
          const [erased, ...elsewhere] = own.subarray(1 + p * (1 + controls), 1 + (p + 1) * (1 + controls));
          const at = (example * places.length + p) * attributes.length + k;
          falls[at] = (own[0] as number) - (erased as number);
          others[at] = elsewhere.reduce((sum, score) => sum + ((own[0] as number) - score) / controls, 0);
        });
      }
    }
    const table = [places.length, attributes.length];
    return {
      places: places.map(({ name }) => name),
      attributes: attributes.map(({ name }) => name),
      ...meansOf(falls, table, session.count),
      control: meansOf(others, table, session.count).fall,
      perImage: { shape: [session.count, ...table], data: falls },
    };
  });
}

const { target: _, ...runChecks } = explainChecks;

const eraseChecks: OptionChecks<EraseOptions> = {
  ...runChecks,
  attributes: required(anything),
  places: required(anything),
  baseline: anything,
  controls: count(0),
  input: integer(0),
};

function meansOf(values: Float64Array, shape: readonly number[], count: number): Pick<ErasedScores, 'fall' | 'error'> {
  const size = values.length / count;
  const moments = runningMoments(size);
  for (let example = 0; example < count; example++) moments.add(values.subarray(example * size, (example + 1) * size));
  const error =
    count > 1
      ? moments.variance().map((variance) => Math.sqrt(variance / count))
      : new Float64Array(size).fill(Number.NaN);
  return { fall: { shape, data: Float64Array.from(moments.mean) }, error: { shape, data: error } };
}

/** What is kept of an image without a place, and without places of the same shape elsewhere. */
function keptMasks(
  erased: ArrayLike<number>,
  { plane: [rows, columns] }: ImageInput,
  { controls, draw }: { readonly controls: number; readonly draw: readonly [number, number, number] },
): readonly Float32Array[] {
  const { integer: below } = random(...draw);
  const shifts = Array.from({ length: controls }, () => [below(rows), below(columns)] as const);
  return [[0, 0] as const, ...shifts].map(([down, right]) =>
    Float32Array.from({ length: rows * columns }, (_, i) => {
      const row = (Math.floor(i / columns) + rows - down) % rows;
      const column = ((i % columns) + columns - right) % columns;
      return erased[row * columns + column] === 0 ? 1 : 0;
    }),
  );
}

function maskOf({ mask }: ErasedPlace, example: number): ArrayLike<number> {
  const size = mask.data.length / (mask.shape.length === 3 ? (mask.shape[0] as number) : 1);
  return mask.shape.length === 3 ? mask.data.subarray(example * size, (example + 1) * size) : mask.data;
}

function assertPlaces(places: readonly ErasedPlace[], count: number, { plane: [rows, columns] }: ImageInput): void {
  if (!Array.isArray(places) || places.length === 0)
    throw new VitrineError('bad-argument', `"places" expected a list of {name, mask}, got ${describe(places)}`);
  places.forEach((place: ErasedPlace | null | undefined, i) => {
    if (typeof place?.name !== 'string')
      throw new VitrineError('bad-argument', `"places[${i}]" expected {name, mask}, got ${describe(place)}`);
    const argument = `places[${i}].mask`;
    assertArray(argument, place.mask, [2, 3]);
    const own = [...(place.mask.shape.length === 3 ? [count] : []), rows, columns];
    if (place.mask.shape.some((length, axis) => length !== own[axis]))
      throw new VitrineError(
        'bad-shape',
        `"${argument}" expected [${rows}, ${columns}] or [${count}, ${rows}, ${columns}], got [${place.mask.shape.join(', ')}]`,
      );
  });
}
