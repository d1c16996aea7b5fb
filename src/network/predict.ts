import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../backend/owned.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { anything, assertOptions, type OptionChecks, oneOf } from '../numeric/options.ts';
import type { OutputHead, Site } from './graph/graph.ts';
import { chosenOutput, type OutputChoice } from './heads/chosenOutput.ts';
import { assertClasses, classLogits, sided } from './heads/classLogits.ts';
import { assertScale, scaled } from './heads/classScale.ts';
import type { Network } from './network.ts';
import { runChecks } from './runChecks.ts';
import type { Input, Model, RunOptions, Scale } from './types.ts';
import { mapBatches } from './walk/batches.ts';
import { readInputs, rowsOf } from './walk/inputs.ts';
import { withNetwork } from './withNetwork.ts';

/** Which scores {@link predict} returns. */
export interface PredictOptions extends RunOptions {
  /** What the scores are measured in; the model's own output by default. */
  readonly scale?: Scale | 'output';
  /**
   * The output of a model with several: its position or the name of its layer; the first by default. Or what the first
   * output holds, where the model does not tell: `'logits'`, `'probabilities'` or `'values'`, if no output has this name.
   */
  readonly output?: OutputChoice;
}

/**
 * Runs a model on examples.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch in the shape of the model's input.
 * @param options `scale`, `output`, `batchSize`, `signal`, `onProgress`.
 * @returns `values`: the output `[n, …]`, or class scores `[n, units]` on the scale asked for; `'logit'` is before the final
 * softmax or sigmoid, `'probability'` is after it, also for several linear units, which then are taken for logits.
 * @throws {VitrineError} if `x` has another shape or numbers that are not finite, if `output` is none of the model's, or if
 * the output has no such scale: a mean of softmaxes has no logits, a ReLU or one linear unit no probability.
 * @example
 * ```ts
 * import { predict } from 'vitrine';
 * const { values } = await predict(model, x, { scale: 'probability' });
 * console.log(values.shape); // [2, 5]
 * ```
 */
export async function predict(model: Model, x: Input, options: PredictOptions = {}): Promise<{ values: NdArray }> {
  assertOptions(options, checks);
  const { scale = 'output', output, ...run } = options;
  const copies = owned(x);
  return withNetwork(model, async (given) => {
    const [input] = await copies;
    const { network, head } = chosenOutput(given, output);
    if (scale === 'output') return readValues(network, input, { ...run, site: head.site, read: (value) => value });
    assertScale(scale, head);
    assertClasses(head, 'scale');
    const read = (value: Tensor): Tensor => scaled(classLogits(value, head), scale, head).values;
    return readValues(network, input, { ...run, site: head.logits, read });
  });
}

const checks: OptionChecks<PredictOptions> = {
  ...runChecks,
  scale: oneOf(['output', 'logit', 'probability', 'logProbability']),
  output: anything,
};

/** The scores by which the classes of an output are ranked, `[n, classes]`: its logits, or what else it holds. */
export function classScores(network: Network, x: Input, options: RunOptions & { head: OutputHead }): Promise<NdArray> {
  const { head, ...run } = options;
  assertClasses(head, 'target');
  const read = (value: Tensor): Tensor => sided(classLogits(value, head), head.link);
  return owned(x)
    .then(([input]) => readValues(network, input, { ...run, site: head.logits, read }))
    .then(({ values }) => values);
}

async function readValues(
  network: Network,
  x: Input,
  { site, read, ...run }: RunOptions & { site: Site; read: (value: Tensor) => Tensor },
): Promise<{ values: NdArray }> {
  const inputs = await readInputs(network, x);
  const total = inputs[0]?.shape[0] as number;
  return mapBatches({ ...run, stage: 'predict', total }, (start, end) => {
    const rows = inputs.map((input) => rowsOf(input, start, end));
    return { values: tf.clone(read(network.forward(rows, { taps: [site] }).value(site))) };
  });
}
