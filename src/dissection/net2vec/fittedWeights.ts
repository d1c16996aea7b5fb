import { eventLoopTurn } from '../../backend/eventLoopTurn.ts';
import { balanceOf, type Segmentation, segmentationLoss } from './segmentationLoss.ts';

/** How weights are found. */
export interface Fitting {
  readonly steps: number;
  readonly rate: number;
  /** λ of a penalty λ/2 · |w|². */
  readonly penalty: number;
  readonly signal?: AbortSignal | undefined;
  /** The units that may have a weight; all by default. */
  readonly among?: ReadonlySet<number>;
}

const [MEAN_DECAY, SQUARE_DECAY, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * The weights of units whose mask is most like a concept, by full-batch Adam from 0 with a rate that falls to 0.
 *
 * The loss is a sum over pixels, so that a fixed rate of gradient descent would depend on their number; Adam's steps do
 * not depend on the scale of the loss. From 0, a unit that is nowhere active keeps the weight 0.
 */
export async function fittedWeights(problem: Segmentation, fitting: Fitting): Promise<Float64Array> {
  const { steps, rate, penalty, signal, among } = fitting;
  const balance = balanceOf(problem);
  const weights = new Float64Array(problem.units);
  const [mean, square] = [new Float64Array(problem.units), new Float64Array(problem.units)];
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const { gradient } = segmentationLoss(problem, balance, weights);
    const own = rate * (1 - step / steps);
    for (let unit = 0; unit < weights.length; unit++) {
      if (among && !among.has(unit)) continue;
      // Algorithm 1, Kingma and Ba 2015.
      const slope = (gradient[unit] as number) + penalty * (weights[unit] as number);
      mean[unit] = MEAN_DECAY * (mean[unit] as number) + (1 - MEAN_DECAY) * slope;
      square[unit] = SQUARE_DECAY * (square[unit] as number) + (1 - SQUARE_DECAY) * slope * slope;
      const unbiasedMean = (mean[unit] as number) / (1 - MEAN_DECAY ** (step + 1));
      const unbiasedSquare = (square[unit] as number) / (1 - SQUARE_DECAY ** (step + 1));
      weights[unit] = (weights[unit] as number) - (own * unbiasedMean) / (Math.sqrt(unbiasedSquare) + EPSILON);
    }
    await eventLoopTurn();
  }
  return weights;
}
