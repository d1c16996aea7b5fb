/**
 * What is minimised of each example with the target T: `'expected'`, $\sum_l P_l \, \mathrm{CE}(T, Q_l)$, the mean cross entropy of
 * leaves, or `'mixture'`, $-\sum_k T_k \log \sum_l P_l Q_{lk}$, the cross entropy of the mean of leaves.
 */
export type SoftLoss = 'expected' | 'mixture';

/** The loss of an example, and its slopes. */
export interface LeafLoss {
  readonly loss: number;
  /** By the log of the probability of coming to each leaf, `[leaves]`. */
  readonly byPath: Float64Array;
  /** By the parameters of leaves, `[leaves, k]`. */
  readonly byLeaves: Float64Array;
}

/** The loss of an example that comes to leaves with probabilities P. */
export function leafLoss(
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
