import type { Tensor } from '@tensorflow/tfjs-core';
import { assertTokens } from '../network/assertTokens.ts';
import { resolveBaselines } from '../network/baseline.ts';
import { embeddingOf } from '../network/embeddingOf.ts';
import type { Site } from '../network/graph.ts';
import { readInputs, rowsOf } from '../network/inputs.ts';
import type { Network } from '../network/network.ts';
import { createScorer, headOf } from '../network/score.ts';
import type { Scorer } from '../network/scorer.ts';
import type { Attribution, Baseline, ExplainOptions, Input, Model, Scale, Target } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { sharesOf } from './sharesOf.ts';

/** One call of an attribution method: a compiled model, checked inputs and a target made ready. */
export interface Session {
  readonly network: Network;
  /** One batch per input of the model. */
  readonly inputs: readonly NdArray[];
  /** The number of examples. */
  readonly count: number;
  readonly options: ExplainOptions;
  readonly scorer: Scorer;
  /** The same explained score, of another target. */
  scorerOf(target: Target): Scorer;
  /** Examples `start…end` of each input, as tensors of the caller's scope. */
  rows(start: number, end: number): readonly Tensor[];
}

/**
 * Checks the arguments of an attribution method and runs it.
 *
 * @param scale what class scores are measured in where the options do not say; a single linear unit has no probability.
 */
export async function explain<T>(
  model: Model,
  x: Input,
  options: ExplainOptions,
  method: (session: Session) => Promise<T>,
  scale: Scale = 'logit',
): Promise<T> {
  return withNetwork(model, async (network) => {
    options.signal?.throwIfAborted();
    const inputs = await readInputs(network, x);
    const count = inputs[0]?.shape[0] as number;
    const scorerOf = (target: Target | undefined): Scorer =>
      createScorer(network, { target, scale: options.scale ?? scaleFor(network, target, scale), count });
    return method({
      network,
      inputs,
      count,
      options,
      scorer: scorerOf(options.target),
      scorerOf,
      rows: (start, end) => inputs.map((input) => rowsOf(input, start, end)),
    });
  });
}

/** The scale of a method, or the raw score of an output that has no probabilities. */
function scaleFor(network: Network, target: Target | undefined, scale: Scale): Scale {
  return headOf(network, target)?.link === 'none' ? 'logit' : scale;
}

/** The example behind each row of a chunk. */
export function exampleRange(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

/** The sites at which a method ends: a layer, or the inputs; of tokens, which have no gradient, their embeddings. */
export function endsOf(network: Network, layer: string | undefined): readonly Site[] {
  if (layer !== undefined) return [network.site(layer)];
  return network.inputs.map((input) => embeddingOf(network, input) ?? input);
}

/** The baseline of every example of every input; those of tokens are tokens too. */
export async function baselinesOf(
  { network, inputs, options }: Session,
  baseline: Baseline | readonly Baseline[],
): Promise<readonly NdArray[]> {
  const baselines = await resolveBaselines(inputs, { baseline, seed: options.seed });
  assertTokens(network, baselines, 'baseline');
  return baselines;
}

/** What the runs of a method have found out, before it becomes an {@link Attribution}. */
export interface Findings {
  readonly method: string;
  readonly score: NdArray;
  /** The classes, where the target is one. */
  readonly classes?: NdArray | undefined;
  /** One map per input, or the layer's. */
  readonly maps: readonly NdArray[];
  readonly delta?: Float32Array | undefined;
  readonly layer?: string | undefined;
}

/** Plain data of an attribution. */
export function attributionOf({ method, score, classes, maps, delta, layer }: Findings): Attribution {
  return {
    values: maps[0] as NdArray,
    method,
    target: classes ? Int32Array.from(classes.data) : null,
    score: score.data,
    ...(delta && { delta }),
    ...(layer !== undefined && { layer }),
    ...(maps.length > 1 && { inputs: maps, shares: sharesOf(maps) }),
  };
}
