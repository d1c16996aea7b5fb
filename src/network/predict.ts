import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../numeric/ndarray.ts';
import { mapBatches } from './batches.ts';
import { classLogits, scaled } from './classScore.ts';
import { readInputs, rowsOf } from './inputs.ts';
import { findHead } from './score.ts';
import type { Input, Model, RunOptions, Scale } from './types.ts';
import { withNetwork } from './withNetwork.ts';

/** Which scores {@link predict} returns. */
export interface PredictOptions extends RunOptions {
  /** What the scores are measured in; the model's own output by default. */
  readonly scale?: Scale | 'output';
  /** The output of a model with several: its position or the name of its layer; the first by default. */
  readonly output?: number | string;
}

/**
 * Runs a model on examples.
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch in the shape of the model's input.
 * @param options `scale`, `output`, `batchSize`, `signal`, `onProgress`.
 * @returns `values`: the output `[n, …]`, or class scores `[n, classes]` on the scale asked for; `'logit'` is before
 * the final softmax or sigmoid, `'probability'` is after it, also for models that end in logits.
 * @throws {RangeError} if `x` has another shape or numbers that are not finite, or if `output` is none of the model's.
 * @example
 * ```ts
 * import { predict } from 'vitrine';
 * const { values } = await predict(model, x, { scale: 'probability' });
 * console.log(values.shape); // [2, 5]
 * ```
 */
export async function predict(model: Model, x: Input, options: PredictOptions = {}): Promise<{ values: NdArray }> {
  const { scale = 'output', output = 0 } = options;
  return withNetwork(model, async (network) => {
    const head = findHead(network, output);
    const inputs = await readInputs(network, x);
    const total = inputs[0]?.shape[0] as number;
    return mapBatches({ ...options, stage: 'predict', total }, (start, end) => {
      const rows = inputs.map((input) => rowsOf(input, start, end));
      const tap = scale === 'output' ? head.site : head.logits;
      const value = network.forward(rows, { taps: [tap] }).value(tap);
      if (scale === 'output') return { values: tf.clone(value) };
      return { values: scaled(classLogits(value, head) as Tensor2D, scale, head.link).values };
    });
  });
}
