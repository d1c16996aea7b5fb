import { owned } from '../../backend/owned.ts';
import type { Model } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, listOf, number, type OptionChecks, safeInteger } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { haarRotation } from '../../numeric/rotation/haarRotation.ts';
import { rotationPlanes } from '../../numeric/rotation/rotationPlanes.ts';
import { rotationPower } from '../../numeric/rotation/rotationPower.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { assertDataset, type Dataset } from '../../readings/dataset.ts';
import { layerReadingChecks } from '../../readings/labelledReadings.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import { type DissectOptions, dissectionChecks } from '../options.ts';
import type { Dissection } from '../types.ts';
import { dissectMixes } from './dissectMixes.ts';

/** Options of {@link rotatedDissection}. */
export interface RotatedDissectionOptions<L extends string = string> extends Omit<DissectOptions<L>, 'spill'> {
  /** How far units are rotated: 0 leaves them, 1 is a random rotation; 0, 0.2, …, 1 by default. */
  readonly alphas?: readonly number[];
  /** Of the rotation; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<RotatedDissectionOptions> = {
  ...dissectionChecks,
  ...layerReadingChecks,
  alphas: listOf(number()),
  seed: safeInteger,
};

/** What the rotated units of a layer stand for. */
export interface RotatedDissection {
  /** How far they were rotated. */
  readonly alpha: number;
  /** Its unit k is row k of $Q^\alpha$ times the units of the layer. */
  readonly dissection: Dissection;
}

/**
 * Network Dissection of a layer whose units are rotated into each other, step by step: whether units stand for more than
 * other directions do.
 *
 * A random rotation Q of the units goes into $Q^\alpha a$ at every position: it turns each of its planes by the
 * α-th part of the angle. What a network can do with a layer does not change by that. Thresholds are found anew for each α, and
 * with them everything else.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", §3.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset images with labels `[planes, H, W]` of one size; read twice, all layers and rotations together.
 * @param options those of `dissect`; `alphas`, `seed`.
 * @returns for each layer its dissection after each rotation, in the order of `alphas`.
 * @throws {VitrineError} if `alphas` is empty or one of them is not finite; else as {@link dissect}.
 * @example
 * ```ts
 * import { rotatedDissection } from 'vitrine';
 * const options = { layers: ['conv3'] as const, concepts, alphas: [0, 0.5, 1] };
 * const { conv3 } = await rotatedDissection(model, labelledImages, options);
 * for (const { alpha, dissection } of conv3) console.log(alpha, dissection.uniqueDetectors.argmax.total);
 * ```
 */
export async function rotatedDissection<L extends string>(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: RotatedDissectionOptions<L>,
): Promise<Record<L, readonly RotatedDissection[]>> {
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const [{ alphas = [0, 0.2, 0.4, 0.6, 0.8, 1], seed = 0, ...own }] = await owned(options);
  const directionsOf = function* (units: number): Sliced<readonly NdArray<Float64Array>[]> {
    const planes = yield* rotationPlanes(yield* haarRotation(units, random(seed)));
    const powers: NdArray<Float64Array>[] = [];
    for (const alpha of alphas) powers.push(yield* rotationPower(planes, alpha));
    return powers;
  };
  const found = await dissectMixes(model, dataset, own, { argument: 'layers', directionsOf });
  const rotated = (layer: number): readonly RotatedDissection[] =>
    alphas.map((alpha, i) => ({ alpha, dissection: found[layer]?.[i] as Dissection }));
  const entries = own.layers.map((layer, i): [L, readonly RotatedDissection[]] => [layer, rotated(i)]);
  return Object.fromEntries(entries) as Record<L, readonly RotatedDissection[]>;
}
