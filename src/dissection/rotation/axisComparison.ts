import { owned } from '../../backend/owned.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Model } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, required, safeInteger } from '../../numeric/options.ts';
import { mannWhitney } from '../../numeric/significance.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { assertDataset, type Dataset } from '../../readings/dataset.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import type { Dissection } from '../types.ts';
import { dissectMixes, type MixOptions, mixChecks } from './dissectMixes.ts';
import { randomDirections } from './randomDirections.ts';

/** Options of {@link axisComparison}. */
export interface AxisComparisonOptions extends MixOptions {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** How many random directions; as many as there are units by default, so that unique detectors compare. */
  readonly count?: number;
  /** Of the directions; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<AxisComparisonOptions> = {
  ...mixChecks,
  layer: required(layerAddress),
  count: integer(1),
  seed: safeInteger,
};

/** What the units of a layer stand for beside what random directions stand for. */
export interface AxisComparison {
  readonly units: Dissection;
  /** A unit is a direction here. */
  readonly directions: Dissection;
  /** The directions, `[count, units]`. */
  readonly vectors: NdArray;
  /** The greatest IoU of each unit, and of each direction; 0 where a mask never meets a concept. */
  readonly iou: { readonly units: Float64Array; readonly directions: Float64Array };
  /** How often a unit has a greater IoU than a direction, ties counted half: 1/2 where units are nothing special. */
  readonly superiority: number;
  /**
   * How likely a `superiority` at least so far from 1/2 is if units are drawn like directions, by the test of Mann and
   * Whitney, which takes units to be independent of each other.
   */
  readonly pValue: number;
}

/**
 * Units against random directions: whether the axes of a layer stand for concepts more than any other directions do.
 *
 * Units $e_i$ and random v of unit length are dissected together, $\langle v, a \rangle$ at every position. The thresholds are
 * quantiles of the projections, so that centring the activations, or another length of v, would change nothing.
 *
 * Source: Szegedy et al. 2013, "Intriguing properties of neural networks", §3, for the question; Bau et al. 2017, "Network
 * Dissection", §3.2, for the measure.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset images with labels `[planes, H, W]` of one size; read twice, for both together.
 * @param options those of `dissect`, but for `layers` and `spill`; `layer`, `count`, `seed`.
 * @returns both dissections, the greatest IoUs `[units]` and `[count]`, and a test that compares them.
 * @throws {VitrineError} if `count` is no integer of at least 1; else as {@link dissect}.
 * @example
 * ```ts
 * import { axisComparison } from 'vitrine/dissection';
 * const found = await axisComparison(model, labelledImages, { layer: 'conv3', concepts, quantile: 0.05 });
 * console.log(found.units.uniqueDetectors.argmax.total, found.directions.uniqueDetectors.argmax.total);
 * console.log(found.superiority, found.pValue);
 * ```
 */
export async function axisComparison(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: AxisComparisonOptions,
): Promise<AxisComparison> {
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const [{ layer, count, seed = 0, ...own }] = await owned(options);
  let vectors: NdArray | undefined;
  const directionsOf = function* (size: number): Sliced<readonly NdArray[]> {
    vectors = randomDirections({ count: count ?? size, unitCount: size, seed });
    yield 10 * vectors.data.length;
    return [axes(size), vectors];
  };
  const mixes = { argument: 'layer', directionsOf };
  const [found] = await dissectMixes(model, dataset, { ...own, layers: [layer] }, mixes);
  const [units, directions] = found as readonly [Dissection, Dissection];
  const iou = { units: greatest(units), directions: greatest(directions) };
  return { units, directions, vectors: vectors as NdArray, iou, ...mannWhitney(iou.units, iou.directions) };
}

function axes(units: number): NdArray {
  const data = new Float32Array(units * units);
  for (let unit = 0; unit < units; unit++) data[unit * (units + 1)] = 1;
  return { shape: [units, units], data };
}

function greatest({ units }: Dissection): Float64Array {
  return Float64Array.from(units, ({ best }) => best?.iou ?? 0);
}
