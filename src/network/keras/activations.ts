import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { functions } from '../functions/functions.ts';
import type { TensorFunction } from '../functions/tensorFunction.ts';
import { elementwise } from '../operations/activation.ts';
import { rectifier } from '../operations/relu.ts';

/** The numbers that an activation is made with; `null` where one is left open. */
type ActivationNumbers = readonly (number | null)[];

/** The activations of Keras that tfjs-layers lacks, or has with other values, by their names in tfjs's spelling. */
const activations: Readonly<Record<string, (numbers: ActivationNumbers) => TensorFunction>> = {
  // tfjs-layers has the one of Keras 2: 0.2 x + 0.5.
  hardSigmoid: () => functions.hardSigmoid({ slope: 1 / 6 }),
  hardSilu: () => functions.hardSwish(),
  leakyRelu: ([alpha]) => functions.leakyRelu({ alpha: alpha ?? 0.2 }),
  elu: ([alpha]) => functions.elu({ alpha: alpha ?? 1 }),
  gelu: () => functions.gelu({ approximate: true }),
  hardTanh: () => functions.clip({ low: -1, high: 1 }),
  relu: ([ceiling, slope, threshold]) => rectified(ceiling ?? undefined, slope ?? 0, threshold ?? 0),
  exponential: () => curve('exponential', tf.exp),
  logSigmoid: () => curve('logSigmoid', tf.logSigmoid),
  // x > 0: x, else exp(x) − 1, as elu.
  celu: () => curve('celu', tf.elu),
  squareplus: () => curve('squareplus', (x) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5)),
  tanhShrink: () => curve('tanhShrink', (x) => tf.sub(x, tf.tanh(x))),
  softShrink: () => curve('softShrink', (x) => tf.sub(tf.relu(tf.sub(x, 0.5)), tf.relu(tf.sub(-0.5, x)))),
  hardShrink: () => curve('hardShrink', (x) => tf.mul(x, tf.step(tf.sub(tf.abs(x), 0.5)))),
  // 0 below −1, (x + 1)² / 4 between −1 and 1, x above.
  sparsePlus: () =>
    curve('sparsePlus', (x) =>
      tf.add(tf.mul(tf.square(tf.add(tf.clipByValue(x, -1, 1), 1)), 0.25), tf.relu(tf.sub(x, 1))),
    ),
  sparseSigmoid: () => curve('sparseSigmoid', (x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1)),
};

/** The function of an activation of ours, by the name that tfjs-layers knows it by: `vitrine>leakyRelu(0.1)`. */
export function ownActivation(name: string): TensorFunction | undefined {
  const [, word = '', numbers = ''] = /^vitrine>(\w+)(?:\(([^)]*)\))?$/.exec(name) ?? [];
  return activations[word]?.(JSON.parse(`[${numbers}]`) as ActivationNumbers);
}

/** Keras's layer ReLU: min(x · 1[x > threshold], ceiling) − slope · max(threshold − x, 0). */
export function rectified(ceiling: number | undefined, slope: number, threshold: number): TensorFunction {
  const apply = (x: Tensor): Tensor => {
    const passed = threshold === 0 ? tf.relu(x) : tf.mul(x, tf.step(tf.sub(x, threshold)));
    const clipped = ceiling === undefined ? passed : tf.minimum(passed, ceiling);
    return slope === 0 ? clipped : tf.sub(clipped, tf.mul(tf.relu(tf.sub(threshold, x)), slope));
  };
  return {
    ...curve('rectified', apply),
    lower: ({ source }) => [rectifier(source, { ceiling, slope, threshold })],
  };
}

/** An activation without a kind of its own in the engine. */
function curve(name: string, apply: (x: Tensor) => Tensor): TensorFunction {
  return {
    applied: { name },
    apply: ([x]) => [apply(x as Tensor)],
    shapes: ([shape = []]) => [shape],
    pointwise: true,
    lower: ({ source }) => [elementwise('activation', source, apply)],
  };
}
