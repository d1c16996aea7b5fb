import type { NdArray } from '../../numeric/ndarray.ts';

/** A complete tree of soft decisions. */
export interface SoftTree {
  readonly kind: 'soft';
  /** How many decisions lead to a leaf, D. */
  readonly depth: number;
  /** β, which multiplies what enters the sigmoids. */
  readonly inverseTemperature: number;
  /** What each inner node looks for, `[2^D − 1, …]` in the shape of the inputs: pictures, of pictures. Breadth first. */
  readonly weights: NdArray<Float64Array>;
  /** `[2^D − 1]`. */
  readonly biases: Float64Array;
  /** φ, whose softmax is each leaf's distribution, `[2^D, k]`, from left to right. */
  readonly leaves: NdArray<Float64Array>;
}

/** The parameters of a soft tree; inner nodes in breadth-first order, node i with the children 2i + 1 and 2i + 2. */
export interface SoftParameters {
  /** `[2^D − 1, d]`. */
  readonly weights: Float64Array;
  /** `[2^D − 1]`. */
  readonly biases: Float64Array;
  /** φ, `[2^D, k]`. */
  readonly leaves: Float64Array;
  readonly inverseTemperature: number;
}

/** Where one example goes in a soft tree. */
export interface Passage {
  /** The probability of going right at each inner node. */
  readonly right: Float64Array;
  /** The log of the probability of coming to each node, inner ones first, then leaves. */
  readonly logReach: Float64Array;
}

/** $\log \sigma(z)$, without overflow. */
function logSigmoid(z: number): number {
  return Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z)));
}

/** The passage of an example: $p_i = \sigma(\beta (w_i^T x + b_i))$ is the probability of going right. */
export function passageOf({ weights, biases, inverseTemperature }: SoftParameters, x: ArrayLike<number>): Passage {
  const inner = biases.length;
  const right = new Float64Array(inner);
  const logReach = new Float64Array(2 * inner + 1);
  for (let node = 0; node < inner; node++) {
    let sum = biases[node] as number;
    const start = node * x.length;
    for (let i = 0; i < x.length; i++) sum += (weights[start + i] as number) * (x[i] as number);
    const z = inverseTemperature * sum;
    right[node] = Math.exp(logSigmoid(z));
    logReach[2 * node + 1] = (logReach[node] as number) + logSigmoid(-z);
    logReach[2 * node + 2] = (logReach[node] as number) + logSigmoid(z);
  }
  return { right, logReach };
}

/** The log of the distribution of each leaf, `[2^D, k]`. */
export function logLeaves(leaves: Float64Array, classes: number): Float64Array {
  const logs = leaves.slice();
  for (let start = 0; start < logs.length; start += classes) {
    const row = logs.subarray(start, start + classes);
    const most = row.reduce((a, b) => Math.max(a, b));
    const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most;
    row.forEach((value, k) => {
      row[k] = value - total;
    });
  }
  return logs;
}

/** How deep an inner node is, the root being at 0. */
export function depthOf(node: number): number {
  return Math.floor(Math.log2(node + 1));
}
