import { owned } from '../../backend/owned.ts';
import type { Input, Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertArray, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Dataset } from '../../readings/dataset.ts';
import { type AblationOptions, type AblationTask, ablationTask, forEachOutcome } from './ablationTask.ts';
import { type ClassAccuracy, classAccuracy, classTally } from './classTally.ts';
import { removalsOf } from './removals.ts';

/** Options of {@link cumulativeAblation}. */
export interface CumulativeAblationOptions extends AblationOptions {
  /** Units, those that are switched off first at the front: for each class `[classes, units]`, or one order for all. */
  readonly ranking: NdArray<Int32Array> | readonly number[];
  /** How many units from the front; by default 1, 2, 3, 4, 5, 20, 64, 128 and 256, as far as there are so many. */
  readonly counts?: readonly number[];
  /** The classes that are counted; by default those of the labels. */
  readonly classes?: readonly number[];
  /** Switches all units off but these; false by default. */
  readonly keep?: boolean;
}

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
 * @param dataset examples, as the model takes them; read once.
 * @param options `layer`, `labels` (the true class of each example), `ranking`; `counts`, `classes`, `keep`, `output`,
 * `batchSize`, `signal`, `onProgress`.
 * @returns balanced accuracy of each class and accuracy, `[counts, classes]`.
 * @throws {VitrineError} if a ranking has not a row for each class or units that are none, a count is more than there are,
 * a class is none; else as {@link unitAblation}.
 * @example
 * ```ts
 * import { cumulativeAblation, unitAblation } from 'vitrine';
 * const options = { layer: 'conv3', labels: [0, 3] };
 * const { ranking } = await unitAblation(model, [x], options);
 * const { counts, balancedAccuracy } = await cumulativeAblation(model, [x], { ...options, ranking });
 * console.log(counts, balancedAccuracy.data);
 * ```
 */
export async function cumulativeAblation(
  model: Model,
  dataset: Dataset<Input>,
  options: CumulativeAblationOptions,
): Promise<CumulativeAblation> {
  const [{ ranking, counts, classes, keep = false, ...own }] = await owned(options);
  return withNetwork(model, async (network) => {
    const task = ablationTask(network, own);
    const chosen = chosenClasses(task, classes);
    const orders = ordersOf(task, ranking, chosen);
    const wanted = chosenCounts(counts, orders[0]?.length as number);
    const removals = removalsOf(orders, wanted, { columns: chosen.length, units: keep ? task.units : undefined });
    const sets = [[], ...removals.map(({ off }) => off)];
    const whole = classTally(task.classes);
    // Balanced accuracy of a class asks whether it is this one, 1, or not, 0.
    const tallies = Array.from({ length: wanted.length * chosen.length }, () => classTally(2));
    const hits = new Float64Array(tallies.length);
    await forEachOutcome(task, dataset, { ...own, stage: 'cumulativeAblation', sets }, ({ label, set, prediction }) => {
      if (set === 0) return whole.add(label, prediction);
      for (const place of removals[set - 1]?.places ?? []) {
        const candidate = chosen[place % chosen.length];
        tallies[place]?.add(Number(label === candidate), Number(prediction === candidate));
        hits[place]! += Number(label === prediction);
      }
    });
    const shape = [wanted.length, chosen.length];
    return {
      counts: wanted,
      classes: chosen,
      intact: classAccuracy(whole),
      balancedAccuracy: { shape, data: Float64Array.from(tallies, (tally) => tally.balancedAccuracy()[1] as number) },
      accuracy: { shape, data: hits.map((count) => count / task.labels.length) },
    };
  });
}

function chosenClasses({ labels, classes }: AblationTask, chosen: readonly number[] | undefined): Int32Array {
  if (!chosen) return Int32Array.from(new Set(Array.from(labels))).sort();
  if (chosen.length === 0) throw new VitrineError('bad-argument', '"classes" expected at least one class, got none');
  chosen.forEach((label, i) => assertInteger(`classes[${i}]`, label, [0, classes - 1]));
  return Int32Array.from(chosen);
}

/** The order of each of some classes, or one for all of them. */
function ordersOf(
  { units, classes }: AblationTask,
  ranking: CumulativeAblationOptions['ranking'],
  chosen: Int32Array,
): readonly Int32Array[] {
  if (!('data' in ranking)) {
    if (ranking.length === 0) throw new VitrineError('bad-argument', '"ranking" expected at least one unit, got none');
    return [checkedOrder(ranking, units)];
  }
  assertArray('ranking', ranking, [2]);
  const [rows, length] = ranking.shape as readonly [number, number];
  if (rows !== classes)
    throw new VitrineError('bad-argument', `"ranking" expected ${classes} rows, one for each class, got ${rows}`);
  return Array.from(chosen, (label) =>
    checkedOrder(ranking.data.subarray(label * length, (label + 1) * length), units),
  );
}

function checkedOrder(order: Int32Array | readonly number[], units: number): Int32Array {
  for (const unit of order) assertInteger('ranking', unit, [0, units - 1]);
  return Int32Array.from(order);
}

const USUAL = [1, 2, 3, 4, 5, 20, 64, 128, 256];

function chosenCounts(counts: readonly number[] | undefined, length: number): Int32Array {
  if (!counts) return Int32Array.from(USUAL.filter((count) => count <= length));
  if (counts.length === 0) throw new VitrineError('bad-argument', '"counts" expected at least one number, got none');
  counts.forEach((count, i) => assertInteger(`counts[${i}]`, count, [0, length]));
  return Int32Array.from(counts);
}
