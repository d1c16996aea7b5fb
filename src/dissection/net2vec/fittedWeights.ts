import type { Sliced } from '../../numeric/sliced.ts';
import { balanceOf, type Segmentation, segmentationLoss } from './segmentationLoss.ts';

/** How weights are found. */
export interface Fitting {
  readonly steps: number;
  readonly rate: number;
  /** λ of a penalty λ/2 · |w|². */
  readonly penalty: number;
  /** The units that may have a weight; all by default. */
  readonly among?: ReadonlySet<number>;
}

const MOMENTUM = 0.9;

/**
 * The weights of units whose mask is most like a concept, by descent along the whole gradient from 0, with momentum.
 *
 * The loss is a sum over pixels: the gradient is divided by its largest part at 0, so that steps do not depend on their
 * number. All units have the same rate, so that those which come and go with nothing stay small where few steps are
 * taken; steps of a size of their own for each unit would raise them like the others. A unit that is never on stays at 0.
 */
export function* fittedWeights(problem: Segmentation, fitting: Fitting): Sliced<Float64Array> {
  const { steps, rate, penalty, among } = fitting;
  const balance = balanceOf(problem);
  const weights = new Float64Array(problem.units);
  const velocity = new Float64Array(problem.units);
  let largest = 0;
  for (let step = 0; step < steps; step++) {
    const { gradient } = yield* segmentationLoss(problem, balance, weights);
    if (among) keepOnly(gradient, among);
    if (step === 0) largest = gradient.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
    if (largest === 0) return weights;
    for (let unit = 0; unit < weights.length; unit++) {
      const slope = (gradient[unit] as number) + penalty * (weights[unit] as number);
      velocity[unit] = MOMENTUM * (velocity[unit] as number) + slope / largest;
      weights[unit] = (weights[unit] as number) - rate * (velocity[unit] as number);
    }
  }
  return weights;
}

function keepOnly(gradient: Float64Array, among: ReadonlySet<number>): void {
  for (let unit = 0; unit < gradient.length; unit++) if (!among.has(unit)) gradient[unit] = 0;
}
