import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertInteger } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, listOf, type OptionChecks } from '../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import {
  type AblationOptions,
  type AblationTask,
  ablationChecks,
  ablationTask,
  forEachOutcome,
  type Outcome,
} from './ablationTask.ts';
import { type ClassAccuracy, type ClassTally, classAccuracy, classTally } from './classTally.ts';

/** Options of {@link unitAblation}. */
export interface UnitAblationOptions extends AblationOptions {
  /** The units that are switched off, one after the other; all by default. */
  readonly units?: readonly number[];
}

const checks: OptionChecks<UnitAblationOptions> = { ...ablationChecks, units: listOf(integer(0)) };

/** What a network loses with each unit of a layer. */
export interface UnitAblation {
  /** The units that were switched off, `[units]`. */
  readonly units: Int32Array;
  /** The network with all units. */
  readonly intact: ClassAccuracy;
  /** The accuracy without each unit, `[units]`. */
  readonly accuracy: Float64Array;
  /** What the balanced accuracy of each class loses without each unit, `[units, classes]`. */
  readonly importance: NdArray<Float64Array>;
  /** What the logit of each class loses without each unit, in the mean of its examples, `[units, classes]`. */
  readonly scoreLoss: NdArray<Float64Array>;
  /** The units in order of importance to each class, of equals that of the greater loss of the logit first, `[classes, units]`. */
  readonly ranking: NdArray<Int32Array>;
}

/**
 * How much each class needs each unit of a layer: what is lost where the unit is switched off, zero at all positions.
 *
 * The importance of unit u to class c is $\mathrm{BA}_c - \mathrm{BA}_c^{(u)}$, with the balanced accuracy of the
 * predicted classes. Only what comes after the layer is run again; where that is a mean over positions and one layer of
 * weights, logits are $z - w_u \bar a_u$ and nothing is.
 *
 * Source: Bau et al. 2020, "Understanding the role of individual units in a deep neural network".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, as the model takes them; read once.
 * @param options `layer`, `classes` (the true class of each image); `units`, `output`, `batchSize`, `signal`, `onProgress`.
 * @returns per unit accuracy, importance and loss of logit of each class, and units in order of importance.
 * @throws {VitrineError} if the layer is unknown or the output does not depend on it, a unit or a class is not one, there
 * are not as many classes as images, or there is no image; the signal's reason.
 * @example
 * ```ts
 * import { unitAblation } from 'vitrine';
 * const { units, importance, ranking } = await unitAblation(model, [x], { layer: 'conv3', classes: [0, 3] });
 * console.log(`class 0 needs unit ${ranking.data[0]} most of ${units.length}`, importance.shape);
 * ```
 */
export async function unitAblation(
  model: Model,
  images: ImageSource,
  options: UnitAblationOptions,
): Promise<UnitAblation> {
  assertOptions(options, checks);
  const [source, [{ units, ...own }]] = await Promise.all([imagesOf(images), owned(options)]);
  return withNetwork(model, async (network) => {
    const task = ablationTask(network, own);
    const chosen = chosenUnits(task, units);
    const sets = [[], ...Array.from(chosen, (unit) => [unit])];
    const tallies = sets.map(() => classTally(task.classCount));
    const losses = new Float64Array(sets.length * task.classCount);
    let whole: Outcome['scores'] = new Float64Array();
    await forEachOutcome(task, source, { ...own, stage: 'unitAblation', sets }, (outcome) => {
      const { truth, set, scores, prediction } = outcome;
      if (set === 0) whole = scores;
      (tallies[set] as ClassTally).add(truth, prediction);
      losses[set * task.classCount + truth]! += (whole[truth] as number) - (scores[truth] as number);
    });
    return inSlices(ablationOf(chosen, tallies, losses.subarray(task.classCount)), own);
  });
}

function chosenUnits({ units }: AblationTask, chosen: readonly number[] | undefined): Int32Array {
  if (!chosen) return Int32Array.from({ length: units }, (_, unit) => unit);
  chosen.forEach((unit, i) => assertInteger(`units[${i}]`, unit, [0, units - 1]));
  return Int32Array.from(chosen);
}

/** The result, from the counts of the intact network and of each ablation, and sums of losses `[units × classes]`. */
function* ablationOf(
  units: Int32Array,
  [whole, ...parts]: readonly ClassTally[],
  losses: Float64Array,
): Sliced<UnitAblation> {
  const intact = classAccuracy(whole as ClassTally);
  const classes = intact.balancedAccuracy.length;
  const shape = [units.length, classes];
  const examples = (whole as ClassTally).truth;
  const importance = new Float64Array(units.length * classes);
  const scoreLoss = new Float64Array(units.length * classes);
  yield* forEachOf(units.length, 20 * classes, (unit) => {
    (parts[unit] as ClassTally).balancedAccuracy().forEach((left, label) => {
      const place = unit * classes + label;
      importance[place] = (intact.balancedAccuracy[label] as number) - left;
      scoreLoss[place] = (losses[place] as number) / (examples[label] as number);
    });
  });
  return {
    units,
    intact,
    accuracy: Float64Array.from(parts, (part) => part.accuracy()),
    importance: { shape, data: importance },
    scoreLoss: { shape, data: scoreLoss },
    ranking: { shape: [classes, units.length], data: yield* ranked(units, importance, scoreLoss) },
  };
}

/** The units in order of importance to each class, `[classes × units]`. */
function* ranked(units: Int32Array, importance: Float64Array, scoreLoss: Float64Array): Sliced<Int32Array> {
  const classes = importance.length / units.length;
  const places = Array.from(units.keys());
  const ranking = new Int32Array(classes * units.length);
  // What sorting takes.
  const cost = 20 * units.length * Math.log2(units.length + 1);
  yield* forEachOf(classes, cost, (label) => {
    const more = (values: Float64Array, a: number, b: number): number =>
      (values[b * classes + label] as number) - (values[a * classes + label] as number);
    // Both are NaN for a class without examples, whose units stay in order.
    const order = [...places].sort((a, b) => more(importance, a, b) || more(scoreLoss, a, b) || 0);
    order.forEach((place, rank) => {
      ranking[label * units.length + rank] = units[place] as number;
    });
  });
  return ranking;
}
