import { owned } from '../../backend/owned.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Model } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, kind, type OptionChecks, required } from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { assertDataset, type Dataset } from '../../readings/dataset.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import { type Directions, directionMatrix } from '../../scoring/directions.ts';
import type { Dissection } from '../types.ts';
import { dissectMixes, type MixOptions, mixChecks } from './dissectMixes.ts';

/** Options of {@link directionDissection}. */
export interface DirectionDissectionOptions extends MixOptions {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** Directions among the units of the layer, `[directions, units]`, or concepts of it; their lengths matter to the thresholds alone. */
  readonly directions: Directions;
}

const checks: OptionChecks<DirectionDissectionOptions> = {
  ...mixChecks,
  layer: required(layerAddress),
  directions: required(kind('directions', (value) => typeof value === 'object' && value !== null)),
};

/**
 * Network Dissection of given directions among the units of a layer in place of the units: which concept each one finds.
 *
 * Of a direction v, $\langle v, a \rangle$ at every position is dissected like the activation of a unit.
 *
 * Source: Szegedy et al. 2013, "Intriguing properties of neural networks", §3, for the question; Bau et al. 2017,
 * "Network Dissection", §3.2, for the measure.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset images with labels `[planes, H, W]` of one size; read twice.
 * @param options those of `dissect`, but for `layers`; `layer`, `directions` `[directions, units]` or a list of concepts.
 * @returns the dissection, in which a unit is a direction.
 * @throws {VitrineError} if directions have another number of units than the layer, are not finite or zero; else as
 * {@link dissect}.
 * @example
 * ```ts
 * import { directionDissection } from 'vitrine';
 * const directions = { shape: [1, 12], data: new Float32Array(12).fill(Math.SQRT1_2, 4, 6) };
 * const { units } = await directionDissection(model, labelledImages, { layer: 'conv3', directions, concepts });
 * console.log(units[0].best?.concept, units[0].best?.iou);
 * ```
 */
export async function directionDissection(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: DirectionDissectionOptions,
): Promise<Dissection> {
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const [{ layer, directions, ...own }] = await owned(options);
  const directionsOf = function* (units: number): Sliced<readonly [Vectors]> {
    const vectors = directionMatrix('directions', directions, { layer, units });
    assertNoZeros(vectors, units);
    yield vectors.data.length;
    return [vectors];
  };
  const [found] = await dissectMixes(model, dataset, { ...own, layers: [layer] }, { argument: 'layer', directionsOf });
  return found?.[0] as Dissection;
}

type Vectors = NdArray<Float32Array | Float64Array>;

function assertNoZeros({ data }: Vectors, units: number): void {
  for (let start = 0; start < data.length; start += units) {
    if (data.subarray(start, start + units).every((value) => value === 0)) {
      throw new VitrineError(
        'bad-argument',
        `"directions" expected vectors other than zero, got zeros in row ${start / units}`,
      );
    }
  }
}
