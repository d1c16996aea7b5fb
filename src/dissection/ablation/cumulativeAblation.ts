import { owned } from '../../backend/owned.ts';
import type { Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertArray, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, assertOptions, flag, integer, listOf, type OptionChecks, required } from '../../numeric/options.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import {
  type AblationOptions,
  type AblationTask,
  ablationChecks,
  ablationTask,
  forEachOutcome,
} from './ablationTask.ts';
import { type ClassAccuracy, classAccuracy, classTally } from './classTally.ts';
import { removalsOf } from './removals.ts';

/** Options of {@link cumulativeAblation}. */
export interface CumulativeAblationOptions extends AblationOptions {
  /** Units, those that are switched off first at the front: for each class `[classes, units]`, or one order for all. */
  readonly ranking: NdArray<Int32Array> | readonly number[];
  /** How many units from the front; by default 1, 2, 3, 4, 5, 20, 64, 128 and 256, as far as there are so many. */
  readonly counts?: readonly number[];
  /** The classes that are counted; by default those that images have. */
  readonly chosen?: readonly number[];
  /** Switches all units off but these; false by default. */
  readonly keep?: boolean;
}

const checks: OptionChecks<CumulativeAblationOptions> = {
  ...ablationChecks,
  ranking: required(anything),
  counts: listOf(integer(0)),
  chosen: listOf(integer(0)),
  keep: flag,
};

/** What a network can do without the first units of a ranking, or with nothing else. */
export interface CumulativeAblation {
  /** How many units, `[counts]`. */
  readonly counts: Int32Array;
  /** The classes that were counted, `[classes]`. */
  readonly classes: Int32Array;
  /** The network with all units. */
  readonly intact: ClassAccuracy;
  /** The balanced accuracy of each class without the first units of its ranking, `[counts, classes]`. */
  readonly balancedAccuracy: NdArray<Float64Array>;
  /** The accuracy over all examples without these units, `[counts, classes]`. */
  readonly accuracy: NdArray<Float64Array>;
}

/**
 * What is left of each class without the units that it needs most, or with these alone.
 *
 * A ranking of {@link unitAblation} should come from other examples than these. One order for all classes can be any:
 * the units of greatest IoU with a concept, or random ones to compare with.
 *
 * Source: Bau et al. 2020, "Understanding the role of individual units in a deep neural network".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, as the model takes them; read once.
 * @param options `layer`, `classes` (the true class of each image), `ranking`; `counts`, `chosen`, `keep`, `output`,
 * `batchSize`, `signal`, `onProgress`.
 * @returns balanced accuracy of each class and accuracy, `[counts, classes]`.
 * @throws {VitrineError} if a ranking has not a row for each class or units that are none, a count is more than there are,
 * a class is none; else as {@link unitAblation}.
 * @example
 * ```ts
 * import { unitAblation } from 'vitrine';
 * import { cumulativeAblation } from 'vitrine/dissection';
 * const options = { layer: 'conv3', classes: [0, 3] };
 * const { ranking } = await unitAblation(model, [x], options);
 * const { counts, balancedAccuracy } = await cumulativeAblation(model, [x], { ...options, ranking });
 * console.log(counts, balancedAccuracy.data);
 * ```
 */
export async function cumulativeAblation(
  model: Model,
  images: ImageSource,
  options: CumulativeAblationOptions,
): Promise<CumulativeAblation> {
  assertOptions(options, checks);
  const [source, [{ ranking, counts, chosen: named, keep = false, ...own }]] = await Promise.all([
    imagesOf(images),
    owned(options),
  ]);
  return withNetwork(model, async (network) => {
    const task = ablationTask(network, own);
    const chosen = chosenClasses(task, named);
    const orders = ordersOf(task, ranking, chosen);
    const wanted = chosenCounts(counts, orders[0]?.length as number);
    const removals = removalsOf(orders, wanted, { columns: chosen.length, units: keep ? task.units : undefined });
    const sets = [[], ...removals.map(({ off }) => off)];
    const whole = classTally(task.classCount);
    // Balanced accuracy of a class asks whether it is this one, 1, or not, 0.
    const tallies = Array.from({ length: wanted.length * chosen.length }, () => classTally(2));
    const hits = new Float64Array(tallies.length);
    await forEachOutcome(task, source, { ...own, stage: 'cumulativeAblation', sets }, ({ truth, set, prediction }) => {
      if (set === 0) return whole.add(truth, prediction);
      for (const place of removals[set - 1]?.places ?? []) {
        const candidate = chosen[place % chosen.length];
        tallies[place]?.add(Number(truth === candidate), Number(prediction === candidate));
        hits[place]! += Number(truth === prediction);
      }
    });
    const shape = [wanted.length, chosen.length];
    return {
      counts: wanted,
      classes: chosen,
      intact: classAccuracy(whole),
      balancedAccuracy: { shape, data: Float64Array.from(tallies, (tally) => tally.balancedAccuracy()[1] as number) },
      accuracy: { shape, data: hits.map((count) => count / task.classes.length) },
    };
  });
}

function chosenClasses({ classes, classCount }: AblationTask, chosen: readonly number[] | undefined): Int32Array {
  if (!chosen) return Int32Array.from(new Set(Array.from(classes))).sort();
  chosen.forEach((one, i) => assertInteger(`chosen[${i}]`, one, [0, classCount - 1]));
  return Int32Array.from(chosen);
}

/** The order of each of some classes, or one for all of them. */
function ordersOf(
  { units, classCount }: AblationTask,
  ranking: CumulativeAblationOptions['ranking'],
  chosen: Int32Array,
): readonly Int32Array[] {
  if (Array.isArray(ranking)) {
    if (ranking.length === 0) throw new VitrineError('bad-argument', '"ranking" expected at least one unit, got none');
    return [checkedOrder(ranking as readonly number[], units)];
  }
  const table = ranking as NdArray<Int32Array>;
  assertArray('ranking', table, [2]);
  const [rows, length] = table.shape as readonly [number, number];
  if (rows !== classCount)
    throw new VitrineError('bad-shape', `"ranking" expected ${classCount} rows, one for each class, got ${rows}`);
  return Array.from(chosen, (one) => checkedOrder(table.data.subarray(one * length, (one + 1) * length), units));
}

function checkedOrder(order: Int32Array | readonly number[], units: number): Int32Array {
  for (const unit of order) assertInteger('ranking', unit, [0, units - 1]);
  return Int32Array.from(order);
}

const USUAL = [1, 2, 3, 4, 5, 20, 64, 128, 256];

function chosenCounts(counts: readonly number[] | undefined, length: number): Int32Array {
  if (!counts) return Int32Array.from(USUAL.filter((count) => count <= length));
  counts.forEach((count, i) => assertInteger(`counts[${i}]`, count, [0, length]));
  return Int32Array.from(counts);
}
