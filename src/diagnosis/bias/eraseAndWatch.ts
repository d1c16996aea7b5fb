import type { Input, Model } from '../../network/types.ts';
import { assertArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, count, integer, type OptionChecks, required } from '../../numeric/options.ts';
import { runningMoments } from '../../numeric/running.ts';
import { resolveBaselines } from '../../scoring/baselines.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { type ImageInput, type InputOption, imageInput } from '../../scoring/placedInput.ts';
import { explain } from '../../scoring/session.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { type Attribute, assertAttributes } from './attribute.ts';
import { type ErasedPlace, scoresWithout } from './erasedScores.ts';

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
    const [hidden] = await resolveBaselines([session.inputs[image.index] as NdArray], { baseline, seed });
    const scores = await scoresWithout(session, { ...own, seed, controls, image, hidden: hidden as NdArray });
    const table = [places.length, attributes.length];
    const [falls, others] = fallsOf(scores, { table, controls, count: session.count });
    return {
      places: places.map(({ name }) => name),
      attributes: attributes.map(({ name }) => name),
      ...meansOf(falls, table, session.count),
      control: meansOf(others, table, session.count).fall,
      perImage: { shape: [session.count, ...table], data: falls },
    };
  });
}

interface FallFacts {
  readonly table: readonly number[];
  readonly controls: number;
  readonly count: number;
}

/** How far each score falls in each image without a place, and in the mean without its controls, `[n × p × k]`. */
function fallsOf(
  scores: readonly Float64Array[],
  { table: [places, attributes], controls, count }: FallFacts,
): readonly [Float64Array, Float64Array] {
  const [p, k] = [places as number, attributes as number];
  const falls = new Float64Array(count * p * k);
  const others = falls.slice();
  scores.forEach((all, attribute) => {
    const total = all.length / count;
    for (let example = 0; example < count; example++) {
      const [whole, ...rest] = all.subarray(example * total, (example + 1) * total);
      for (let place = 0; place < p; place++) {
        const [erased, ...elsewhere] = rest.slice(place * (1 + controls), (place + 1) * (1 + controls));
        const at = (example * p + place) * k + attribute;
        falls[at] = (whole as number) - (erased as number);
        others[at] = elsewhere.reduce((sum, score) => sum + ((whole as number) - score) / controls, 0);
      }
    }
  });
  return [falls, others];
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
