import { owned } from '../../backend/owned.ts';
import { fieldBox } from '../../network/fields/fieldBox.ts';
import { receptiveField } from '../../network/fields/receptiveField.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import {
  assertOptions,
  callback,
  flag,
  integer,
  listOf,
  type OptionChecks,
  required,
  safeInteger,
  share,
} from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import { type ImageSource, imagesOf, visitImagesAt } from '../../readings/imageSource.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { explain } from '../../scoring/session.ts';
import { type TopImage, topImages } from '../images/topImages.ts';
import { discrepancy, type Occluders } from './discrepancy.ts';
import { type CentredMap, recentred } from './recentred.ts';

/** Options of {@link empiricalReceptiveField}. */
export interface EmpiricalReceptiveFieldOptions extends Pick<RunOptions, 'signal' | 'batchSize' | 'onProgress'> {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** The unit whose receptive field is looked for. */
  readonly unit: number;
  /** How many images, those of the greatest activations; 25 by default. */
  readonly count?: number;
  /** The side of the square that covers a part of the image, in pixels; 11 by default. */
  readonly size?: number;
  /** The step between such squares; 3 by default. */
  readonly stride?: number;
  /** The values `[size × size × channels]` of the square at a place of the grid; random ones in the range of the image by default. */
  readonly baseline?: (row: number, column: number) => ArrayLike<number>;
  /** Whether only what lowers the activation counts; false by default. */
  readonly supporting?: boolean;
  /** The shares of the maximum for which sizes are given; 0.1, 0.25 and 0.5 by default. */
  readonly levels?: readonly number[];
  /** Of the random numbers; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<EmpiricalReceptiveFieldOptions> = {
  ...runChecks,
  layer: required(layerAddress),
  unit: required(integer(0)),
  count: integer(1),
  size: integer(1),
  stride: integer(1),
  baseline: callback,
  supporting: flag,
  levels: listOf(share),
  seed: safeInteger,
};

/** What a unit really looks at. */
export interface EmpiricalReceptiveField {
  /** How much the activation depends on each pixel about the centre of the image, `[h, w]`: the mean over images. */
  readonly map: NdArray;
  /** For each level ρ the root of the number of pixels with at least ρ of the maximum, in pixels. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The images, and the change of the activation under each square, `[grid rows, grid columns]`. */
  readonly images: readonly (TopImage & { readonly discrepancy: NdArray })[];
}

/**
 * The part of its theoretical receptive field that a unit really depends on.
 *
 * In the images of its greatest activations $a_0$, squares of noise cover one part after the other; the discrepancy
 * $|a_0 - a|$ at the same position is moved so that the position lies at the centre, and averaged over images.
 *
 * Source: Zhou et al. 2015, "Object detectors emerge in deep scene CNNs", §3.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, of images of one size; read twice.
 * @param options `layer`, `unit`; `count`, `size`, `stride`, `baseline`, `supporting`, `levels`, `seed`, `batchSize`,
 * `signal`, `onProgress`.
 * @returns the averaged map, sizes, and what each image gave.
 * @throws {VitrineError} if the layer or the unit is not known, a number is out of its range, or there is no image.
 * @example
 * ```ts
 * import { empiricalReceptiveField } from 'vitrine';
 * const { sizes } = await empiricalReceptiveField(model, [x], { layer: 'conv2', unit: 1, count: 2, size: 3, stride: 2 });
 * console.log(sizes[0.5], 'pixels');
 * ```
 */
export async function empiricalReceptiveField(
  model: Model,
  images: ImageSource,
  options: EmpiricalReceptiveFieldOptions,
): Promise<EmpiricalReceptiveField> {
  assertOptions(options, checks);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  const { layer, unit, count = 25, size: side = 11, stride = 3, baseline, ...others } = own;
  const { supporting = false, levels = [0.1, 0.25, 0.5], seed = 0, ...run } = others;
  return withNetwork(model, async (network) => {
    const size = network.inputs[0]?.shape.slice(1, 3) as [number, number];
    assertInteger('size', side, [1, Math.min(...size)]);
    const [top = []] = await topImages(network, source, { layer, unit, count, ...run });
    const { centre, jump } = receptiveField(network, layer, { ignoreGates: true });
    // Through gates all of the image can be reached.
    const reached = receptiveField(network, layer);
    const found: (TopImage & { discrepancy: NdArray })[] = [];
    const maps: CentredMap[] = [];
    const chosen = new Map<number, NdArray>();
    const places = new Set(top.map(({ image }) => image));
    await visitImagesAt(network, source, { places, signal: run.signal }, ([image], place) => {
      chosen.set(place, image as NdArray);
    });
    for (const peak of top) {
      const x = chosen.get(peak.image) as NdArray;
      const valuesAt = baseline
        ? checkedNoise(baseline, side * side * (x.shape[3] as number))
        : noiseFor(x, side, [seed, peak.image]);
      const target = { layer, unit, position: peak.position };
      const change = await explain(network, x, { ...run, target }, { checks: explainChecks }, (session) =>
        discrepancy(session, { side, stride, valuesAt }, fieldBox(reached, peak.position, size)),
      );
      found.push({ ...peak, discrepancy: change });
      const data = change.data.map((value) => (supporting ? Math.max(value, 0) : Math.abs(value)));
      const [row, column] = peak.position;
      maps.push({ map: { ...change, data }, centre: [centre[0] + row * jump[0], centre[1] + column * jump[1]] });
    }
    const map = recentred(maps, size, { side, stride });
    return { map, sizes: Object.fromEntries(levels.map((level) => [level, sizeAt(map, level)])), images: found };
  });
}

/** Uniform noise over the range of an image, another for each square. */
function noiseFor({ shape, data }: NdArray, side: number, stream: readonly [number, number]): Occluders['valuesAt'] {
  const { low, high } = rangeOf(data);
  return (row, column) => {
    const { uniform } = random(...stream, row, column);
    return Float32Array.from({ length: side * side * (shape[3] as number) }, () => low + uniform() * (high - low));
  };
}

/** The caller's noise; refuses what are not as many numbers as a square has. */
function checkedNoise(baseline: Occluders['valuesAt'], size: number): Occluders['valuesAt'] {
  return (row, column) => {
    const values: unknown = baseline(row, column);
    const isList = Array.isArray(values) || (ArrayBuffer.isView(values) && 'length' in values);
    const numbers = isList ? Array.from(values as ArrayLike<number>) : [];
    if (numbers.length === size && numbers.every(Number.isFinite)) return numbers;
    const got = isList ? `${numbers.length} values` : describe(values);
    throw new VitrineError('bad-argument', `"baseline" expected to return ${size} finite numbers, got ${got}`);
  };
}

/** √#{pixels with at least a share of the maximum}. */
function sizeAt({ data }: NdArray, level: number): number {
  const { high } = rangeOf(data);
  return Math.sqrt(data.filter((value) => value >= level * high).length);
}
