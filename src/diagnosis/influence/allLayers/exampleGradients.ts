import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { GraphStep, Site } from '../../../network/graph/graph.ts';
import type { GradientFactors } from '../../../network/graph/operation.ts';
import { streamsAt } from '../../../network/walk/signals.ts';
import { readLogits } from '../../readLogits.ts';
import type { GradientProblem } from './gradientProblem.ts';
import type { WeightedLayer } from './weightedLayers.ts';

/** The factors of the gradients of examples by the weights of a layer. */
export interface LayerFactors extends GradientFactors {
  /** The number of the layer among those that count. */
  readonly layer: number;
}

/**
 * What the weights of all layers meet and feed, by one forward and one backward walk; in the `tf.tidy` of the caller.
 *
 * @param seedsOf the gradients of losses with respect to the scores `[n, k]` of the classes, of which the probabilities are
 * given: one stream for each loss.
 */
export function exampleGradients(
  { network, head }: Pick<GradientProblem, 'network' | 'head'>,
  layers: readonly WeightedLayer[],
  rows: readonly Tensor[],
  seedsOf: (probabilities: Tensor2D) => readonly Tensor2D[],
): readonly LayerFactors[] {
  const calls = layers.flatMap((layer) => layer.calls);
  const [entries, ends] = [calls.map(siteOf('inputs')), calls.map(siteOf('output'))];
  const record = network.forward(rows, { taps: [head.logits, ...entries], differentiate: { to: ends } });
  const { scores, pullback } = readLogits(record.value(head.logits), head);
  const seeds = seedsOf(tf.softmax(scores)).map(pullback);
  const signals = record.backward(new Map([[head.logits, seeds]]), { to: ends });
  const factorsOf = (call: GraphStep): readonly GradientFactors[] => {
    const i = calls.indexOf(call);
    const cotangents = streamsAt(signals, ends[i] as Site);
    return call.operation.gradientFactors?.(cotangents, { inputs: [record.value(entries[i] as Site)] }) ?? [];
  };
  return layers.flatMap((layer, i) =>
    inAllCalls(layer.calls.map(factorsOf)).map((factors) => ({ ...factors, layer: i })),
  );
}

/** The positions of all calls of a layer, one after the other. */
function inAllCalls(calls: readonly (readonly GradientFactors[])[]): readonly GradientFactors[] {
  const [first = []] = calls;
  if (calls.length === 1) return first;
  return first.map((factors, part) => {
    const parts = calls.map((call) => call[part] as GradientFactors);
    return {
      met: tf.concat(
        parts.map(({ met }) => met),
        2,
      ),
      fed: factors.fed.map((_, stream) =>
        tf.concat(
          parts.map(({ fed }) => fed[stream] as Tensor),
          2,
        ),
      ),
    };
  });
}

/** The gradients of the examples as one row each, `[n, groups · k · o]`. */
export function gradientRows({ met, fed }: GradientFactors, stream = 0): Tensor2D {
  const [groups, examples, positions, k] = met.shape as [number, number, number, number];
  const cotangents = fed[stream] as Tensor;
  const o = cotangents.shape[3] as number;
  const sums = tf.matMul(
    tf.reshape(met, [groups * examples, positions, k]),
    tf.reshape(cotangents, [groups * examples, positions, o]),
    true,
  );
  return byExample(sums, [groups, examples, k * o]);
}

/** `[groups, n, size]` as `[n, groups · size]`. */
export function byExample(x: Tensor, [groups, examples, size]: readonly [number, number, number]): Tensor2D {
  if (groups === 1) return tf.reshape(x, [examples, size]);
  return tf.reshape(tf.transpose(tf.reshape(x, [groups, examples, size]), [1, 0, 2]), [examples, groups * size]);
}

function siteOf(end: 'inputs' | 'output'): (call: GraphStep) => Site {
  return ({ operation: { address, layerClass }, inputs, output }) => {
    const value = end === 'output' ? output : (inputs[0] as number);
    return { address, layerClass, value, parameterCount: 0, shape: [] };
  };
}
