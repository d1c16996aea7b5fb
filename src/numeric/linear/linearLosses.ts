/** What a linear model's scores of an example cost. */
export interface LinearLoss {
  /** The loss of an example's scores. */
  loss(scores: Float64Array, target: number): number;
  /** Turns scores into what the model expects, in place: probabilities, or the value itself. */
  expect(scores: Float64Array): void;
  /** Turns a change of the scores into that of the loss's gradient by them, in place. */
  curve(expected: Float64Array, change: Float64Array): void;
  /** What the gradient of the loss by the score of a unit is: what is expected, less this. */
  wanted(unit: number, target: number): number;
}

/** How a linear model is judged. */
export type LinearLossName = 'softmax' | 'binary' | 'squared';

/** The losses whose gradient by the scores is what is expected less what is wanted. */
export const linearLosses: Readonly<Record<LinearLossName, LinearLoss>> = {
  softmax: {
    loss: (scores, target) => logSumExp(scores) - (scores[target] as number),
    expect(scores) {
      const sum = logSumExp(scores);
      for (let k = 0; k < scores.length; k++) scores[k] = Math.exp((scores[k] as number) - sum);
    },
    // diag p − p pᵀ
    curve(expected, change) {
      let mean = 0;
      for (let k = 0; k < change.length; k++) mean += (expected[k] as number) * (change[k] as number);
      for (let k = 0; k < change.length; k++) change[k] = (expected[k] as number) * ((change[k] as number) - mean);
    },
    wanted: (unit, target) => (unit === target ? 1 : 0),
  },
  /** One score, that of class 1. */
  binary: {
    loss: ([score = 0], target) => softplus(target === 1 ? -score : score),
    expect(scores) {
      scores[0] = 1 / (1 + Math.exp(-(scores[0] as number)));
    },
    curve([likely = 0], change) {
      change[0]! *= likely * (1 - likely);
    },
    wanted: (_, target) => target,
  },
  /** Half of the squared difference to a number. */
  squared: {
    loss: ([value = 0], target) => (value - target) ** 2 / 2,
    expect() {},
    curve() {},
    wanted: (_, target) => target,
  },
};

function logSumExp(scores: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) most = Math.max(most, score);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  return most + Math.log(sum);
}

function softplus(score: number): number {
  return Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score)));
}
