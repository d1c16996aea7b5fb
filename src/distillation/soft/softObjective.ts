import { depthOf, logLeaves, type Passage, passageOf, type SoftParameters } from './gates.ts';

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

/**
 * What is minimised of each example with the target T: `'expected'`, $\sum_l P_l \, \mathrm{CE}(T, Q_l)$, the mean cross entropy of
 * leaves, or `'mixture'`, $-\sum_k T_k \log \sum_l P_l Q_{lk}$, the cross entropy of the mean of leaves.
 */
export type SoftLoss = 'expected' | 'mixture';

/** The loss of an example, and its slopes. */
interface LeafLoss {
  readonly loss: number;
  /** By the log of the probability of coming to each leaf, `[leaves]`. */
  readonly byPath: Float64Array;
  /** By the parameters of leaves, `[leaves, k]`. */
  readonly byLeaves: Float64Array;
}

/** The loss of an example that comes to leaves with probabilities P. */
function leafLoss(
  kind: SoftLoss,
  { paths, logLeaves, target }: { paths: Float64Array; logLeaves: Float64Array; target: ArrayLike<number> },
): LeafLoss {
  return kind === 'expected' ? expected(paths, logLeaves, target) : mixture(paths, logLeaves, target);
}

function expected(paths: Float64Array, logs: Float64Array, target: ArrayLike<number>): LeafLoss {
  const classes = target.length;
  const byLeaves = new Float64Array(logs.length);
  const mass = Array.from(target).reduce((sum, value) => sum + value, 0);
  let loss = 0;
  const byPath = paths.map((path, leaf) => {
    let entropy = 0;
    for (let k = 0; k < classes; k++) {
      const log = logs[leaf * classes + k] as number;
      entropy -= (target[k] as number) * log;
      byLeaves[leaf * classes + k] = path * (mass * Math.exp(log) - (target[k] as number));
    }
    loss += path * entropy;
    return path * entropy;
  });
  return { loss, byPath, byLeaves };
}

function mixture(paths: Float64Array, logs: Float64Array, target: ArrayLike<number>): LeafLoss {
  const classes = target.length;
  const mixed = mixtureOf(paths, logs, classes);
  const byPath = new Float64Array(paths.length);
  const byLeaves = new Float64Array(logs.length);
  let loss = 0;
  for (let k = 0; k < classes; k++) {
    const own = target[k] as number;
    if (own === 0) continue;
    loss -= own * Math.log(Math.max(mixed[k] as number, Number.MIN_VALUE));
    paths.forEach((path, leaf) => {
      // What the leaf has of the mixture, by which it is pulled towards the target.
      const q = Math.exp(logs[leaf * classes + k] as number);
      const share = (own * path * q) / Math.max(mixed[k] as number, Number.MIN_VALUE);
      byPath[leaf] = (byPath[leaf] as number) - share;
      byLeaves[leaf * classes + k] = (byLeaves[leaf * classes + k] as number) - share;
      for (let other = 0; other < classes; other++) {
        const place = leaf * classes + other;
        byLeaves[place] = (byLeaves[place] as number) + share * Math.exp(logs[place] as number);
      }
    });
  }
  return { loss, byPath, byLeaves };
}

/** $\sum_l P_l Q_l$, `[k]`. */
export function mixtureOf(paths: Float64Array, logs: Float64Array, classes: number): Float64Array {
  const mixed = new Float64Array(classes);
  paths.forEach((path, leaf) => {
    for (let k = 0; k < classes; k++) {
      mixed[k] = (mixed[k] as number) + path * Math.exp(logs[leaf * classes + k] as number);
    }
  });
  return mixed;
}

/** How often examples come to inner nodes, and go right there: sums over examples, or running means of them. */
export interface Traffic {
  /** $\sum_x P_i(x) p_i(x)$, `[2^D − 1]`. */
  readonly right: Float64Array;
  /** $\sum_x P_i(x)$. */
  readonly all: Float64Array;
}

/** The price of uneven splits, and its slopes by the sums. */
interface Balance {
  /** $\alpha_i = \sum_x P_i(x) p_i(x) / \sum_x P_i(x)$. */
  readonly alpha: Float64Array;
  /** $-\lambda \sum_i 2^{-\mathrm{depth}_i} \frac12 (\log \alpha_i + \log(1 - \alpha_i))$. */
  readonly price: number;
  readonly byRight: Float64Array;
  readonly byAll: Float64Array;
}

/** Away from here the price would be infinite. */
const EDGE = 1e-6;

/** The price of traffic, Eq. (4)–(5), Frosst and Hinton 2017, which halves from one level to the next. */
function balanceOf({ right, all }: Traffic, weight: number): Balance {
  const alpha = right.map((sum, node) =>
    Math.min(Math.max(sum / Math.max(all[node] as number, 1e-300), EDGE), 1 - EDGE),
  );
  let price = 0;
  const slopes = alpha.map((share, node) => {
    const own = weight * 2 ** -depthOf(node);
    price -= (own / 2) * (Math.log(share) + Math.log1p(-share));
    return (-own / 2) * (1 / share - 1 / (1 - share));
  });
  const perAll = (node: number): number => 1 / Math.max(all[node] as number, 1e-300);
  return {
    alpha,
    price,
    byRight: slopes.map((slope, node) => slope * perAll(node)),
    byAll: slopes.map((slope, node) => -slope * (alpha[node] as number) * perAll(node)),
  };
}

/**
 * Running means of traffic: a window of `window` batches at the root, twice as long on each level below, where fewer examples
 * come by. Without earlier traffic that of the batch stands for it.
 *
 * @returns the means and what of each node's traffic is the batch's.
 */
function withTraffic(
  before: Traffic | undefined,
  batch: Traffic,
  window: number,
): { readonly traffic: Traffic; readonly fresh: Float64Array } {
  if (!before) return { traffic: batch, fresh: new Float64Array(batch.all.length).fill(1) };
  const fresh = batch.all.map((_, node) => 1 / (window * 2 ** depthOf(node)));
  const mixed = (old: Float64Array, now: Float64Array): Float64Array =>
    now.map((value, node) => (fresh[node] as number) * value + (1 - (fresh[node] as number)) * (old[node] as number));
  return { traffic: { right: mixed(before.right, batch.right), all: mixed(before.all, batch.all) }, fresh };
}
