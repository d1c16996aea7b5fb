import { balanceOf, type Traffic, withTraffic } from './balance.ts';
import { logLeaves, type Passage, passageOf, type SoftParameters } from './gates.ts';
import { type LeafLoss, leafLoss, type SoftLoss } from './leafLoss.ts';

/** Examples with what a tree shall say of them. */
export interface SoftBatch {
  readonly inputs: readonly ArrayLike<number>[];
  readonly targets: readonly ArrayLike<number>[];
}

/** What is minimised. */
export interface SoftSettings {
  readonly loss: SoftLoss;
  /** λ. */
  readonly balance: number;
  /** In batches, at the root. */
  readonly window: number;
  /** The traffic of earlier batches. */
  readonly traffic?: Traffic | undefined;
}

/** The mean loss of a batch and the price of uneven splits, with all slopes. */
export interface SoftObjective {
  readonly value: number;
  readonly losses: readonly number[];
  readonly price: number;
  readonly alpha: Float64Array;
  readonly traffic: Traffic;
  readonly byWeights: Float64Array;
  readonly byBiases: Float64Array;
  readonly byLeaves: Float64Array;
}

/** What is minimised over a batch, and its gradient, by hand: forwards down the tree, backwards up. */
export function softObjective(parameters: SoftParameters, batch: SoftBatch, settings: SoftSettings): SoftObjective {
  const { inputs, targets } = batch;
  const inner = parameters.biases.length;
  const classes = parameters.leaves.length / (inner + 1);
  const logs = logLeaves(parameters.leaves, classes);
  const passages = inputs.map((x) => passageOf(parameters, x));
  const losses = passages.map(({ logReach }, i) =>
    leafLoss(settings.loss, {
      paths: logReach.subarray(inner).map(Math.exp),
      logLeaves: logs,
      target: targets[i] as ArrayLike<number>,
    }),
  );
  const { traffic, fresh } = withTraffic(settings.traffic, trafficOf(passages, inner), settings.window);
  const { alpha, price, byRight, byAll } = balanceOf(traffic, settings.balance);
  const byWeights = new Float64Array(parameters.weights.length);
  const byBiases = new Float64Array(inner);
  const byLeaves = new Float64Array(parameters.leaves.length);
  const pull = {
    byRight: byRight.map((s, i) => s * (fresh[i] as number)),
    byAll: byAll.map((s, i) => s * (fresh[i] as number)),
  };
  inputs.forEach((x, i) => {
    const loss = losses[i] as LeafLoss;
    loss.byLeaves.forEach((slope, place) => {
      byLeaves[place] = (byLeaves[place] as number) + slope / inputs.length;
    });
    const slopes = gateSlopes(
      passages[i] as Passage,
      loss.byPath.map((slope) => slope / inputs.length),
      pull,
    );
    for (let node = 0; node < inner; node++) {
      const slope = parameters.inverseTemperature * (slopes[node] as number);
      byBiases[node] = (byBiases[node] as number) + slope;
      const start = node * x.length;
      for (let d = 0; d < x.length; d++) {
        byWeights[start + d] = (byWeights[start + d] as number) + slope * (x[d] as number);
      }
    }
  });
  const mean = losses.reduce((sum, { loss }) => sum + loss, 0) / inputs.length;
  return {
    value: mean + price,
    losses: losses.map(({ loss }) => loss),
    price,
    alpha,
    traffic,
    byWeights,
    byBiases,
    byLeaves,
  };
}

function trafficOf(passages: readonly Passage[], inner: number): Traffic {
  const [right, all] = [new Float64Array(inner), new Float64Array(inner)];
  for (const passage of passages) {
    for (let node = 0; node < inner; node++) {
      const reach = Math.exp(passage.logReach[node] as number);
      all[node] = (all[node] as number) + reach;
      right[node] = (right[node] as number) + reach * (passage.right[node] as number);
    }
  }
  return { right, all };
}

/** The slopes by what enters each gate's sigmoid, from those by paths and by traffic. */
function gateSlopes(
  { right, logReach }: Passage,
  byPath: Float64Array,
  { byRight, byAll }: { readonly byRight: Float64Array; readonly byAll: Float64Array },
): Float64Array {
  const inner = right.length;
  // By the log of the probability of coming to each node, from the leaves up.
  const byReach = new Float64Array(2 * inner + 1);
  byReach.set(byPath, inner);
  const slopes = new Float64Array(inner);
  for (let node = inner - 1; node >= 0; node--) {
    const p = right[node] as number;
    const reach = Math.exp(logReach[node] as number);
    const [toLeft, toRight] = [byReach[2 * node + 1] as number, byReach[2 * node + 2] as number];
    const own = reach * (byRight[node] as number);
    slopes[node] = toRight * (1 - p) - toLeft * p + own * p * (1 - p);
    byReach[node] = toLeft + toRight + own * p + reach * (byAll[node] as number);
  }
  return slopes;
}
