import { owned } from '../../backend/owned.ts';
import { example } from '../../image/maps/example.ts';
import { fieldBox } from '../../network/fields/fieldBox.ts';
import { receptiveField } from '../../network/fields/receptiveField.ts';
import type { Network } from '../../network/network.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertInteger } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import { type Dataset, iterate } from '../../readings/dataset.ts';
import { explain } from '../../scoring/session.ts';
import { type TopImage, topImages } from '../images/topImages.ts';
import { discrepancy, type Occluders } from './discrepancy.ts';
import { type CentredMap, recentred } from './recentred.ts';

/** Options of {@link empiricalReceptiveField}. */
export interface EmpiricalReceptiveFieldOptions extends Pick<RunOptions, 'signal' | 'batchSize' | 'onProgress'> {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  readonly unit: number;
  /** How many images, those of the greatest activations; 25 by default. */
  readonly count?: number;
  /** The side of the square that covers a part of the image, in pixels; 11 by default. */
  readonly patch?: number;
  /** The step between such squares; 3 by default. */
  readonly stride?: number;
  /** The values `[patch × patch × channels]` of the square at a place of the grid; random ones in the range of the image by default. */
  readonly noise?: (row: number, column: number) => ArrayLike<number>;
  /** Whether only what lowers the activation counts; false by default. */
  readonly supporting?: boolean;
  /** The shares of the maximum for which sizes are given; 0.1, 0.25 and 0.5 by default. */
  readonly levels?: readonly number[];
  /** Of the random numbers; 0 by default. */
  readonly seed?: number;
}

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
 * @param dataset images of one size, as the model takes them; read twice.
 * @param options `layer`, `unit`; `count`, `patch`, `stride`, `noise`, `supporting`, `levels`, `seed`, `batchSize`,
 * `signal`, `onProgress`.
 * @returns the averaged map, sizes, and what each image gave.
 * @throws {VitrineError} if the layer or the unit is not known, a number is out of its range, or there is no image.
 * @example
 * ```ts
 * import { empiricalReceptiveField } from 'vitrine';
 * const { sizes } = await empiricalReceptiveField(model, [x], { layer: 'conv2', unit: 1, count: 2, patch: 3, stride: 2 });
 * console.log(sizes[0.5], 'pixels');
 * ```
 */
export async function empiricalReceptiveField(
  model: Model,
  dataset: Dataset<Input>,
  options: EmpiricalReceptiveFieldOptions,
): Promise<EmpiricalReceptiveField> {
  const [{ layer, unit, count = 25, patch = 11, stride = 3, noise, ...others }] = await owned(options);
  const { supporting = false, levels = [0.1, 0.25, 0.5], seed = 0, ...run } = others;
  return withNetwork(model, async (network) => {
    const size = network.inputs[0]?.shape.slice(1, 3) as [number, number];
    assertInteger('patch', patch, [1, Math.min(...size)]);
    assertInteger('stride', stride, [1, Number.POSITIVE_INFINITY]);
    const [top = []] = await topImages(network, dataset, { layer, unit, count, ...run });
    const { centre, jump } = receptiveField(network, layer, { ignoreGates: true });
    // Through gates all of the image can be reached.
    const reached = receptiveField(network, layer);
    const images: (TopImage & { discrepancy: NdArray })[] = [];
    const maps: CentredMap[] = [];
    const chosen = await imagesAt(network, dataset, {
      places: new Set(top.map(({ image }) => image)),
      signal: run.signal,
    });
    for (const peak of top) {
      const x = chosen.get(peak.image) as NdArray;
      const valuesAt = noise ?? noiseFor(x, patch, [seed, peak.image]);
      const found = await explain(network, x, { ...run, target: { layer, unit, position: peak.position } }, (session) =>
        discrepancy(session, { side: patch, stride, valuesAt }, fieldBox(reached, peak.position, size)),
      );
      images.push({ ...peak, discrepancy: found });
      const data = found.data.map((change) => (supporting ? Math.max(change, 0) : Math.abs(change)));
      const [row, column] = peak.position;
      maps.push({ map: { ...found, data }, centre: [centre[0] + row * jump[0], centre[1] + column * jump[1]] });
    }
    const map = recentred(maps, size, { side: patch, stride });
    return { map, sizes: Object.fromEntries(levels.map((level) => [level, sizeAt(map, level)])), images };
  });
}

/** The images at some places of a data set. */
async function imagesAt(
  network: Network,
  dataset: Dataset<Input>,
  { places, signal }: { places: ReadonlySet<number>; signal: AbortSignal | undefined },
): Promise<ReadonlyMap<number, NdArray>> {
  const images = new Map<number, NdArray>();
  let seen = 0;
  for await (const item of iterate(dataset)) {
    signal?.throwIfAborted();
    const [own] = await owned(item);
    const [batch] = (await readInputs(network, own, 'dataset')) as [NdArray];
    for (let row = 0; row < (batch.shape[0] as number); row++, seen++) {
      if (places.has(seen)) images.set(seen, example(batch, row));
    }
  }
  return images;
}

/** Uniform noise over the range of an image, another for each square. */
function noiseFor({ shape, data }: NdArray, side: number, stream: readonly [number, number]): Occluders['valuesAt'] {
  const { low, high } = rangeOf(data);
  return (row, column) => {
    const { uniform } = random(...stream, row, column);
    return Float32Array.from({ length: side * side * (shape[3] as number) }, () => low + uniform() * (high - low));
  };
}

/** √#{pixels with at least a share of the maximum}. */
function sizeAt({ data }: NdArray, level: number): number {
  const { high } = rangeOf(data);
  return Math.sqrt(data.filter((value) => value >= level * high).length);
}
