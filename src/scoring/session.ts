import type { Tensor } from '@tensorflow/tfjs-core';
import { owned } from '../backend/owned.ts';
import { embeddingOf } from '../network/graph/embeddingOf.ts';
import type { OutputHead, Site } from '../network/graph/graph.ts';
import { scaleOn } from '../network/heads/classScale.ts';
import { withMeaning } from '../network/heads/statedHeads.ts';
import type { Network } from '../network/network.ts';
import type { Input, Model, Scale } from '../network/types.ts';
import { readInputs, rowsOf } from '../network/walk/inputs.ts';
import { withNetwork } from '../network/withNetwork.ts';
import { type NdArray, sizeOf } from '../numeric/ndarray.ts';
import { assertOptions, type OptionChecks } from '../numeric/options.ts';
import { createScorer, headOf, pinTarget } from './targets/createScorer.ts';
import type { Scorer } from './targets/scorer.ts';
import type { Attribution, ExplainedScore, ExplainOptions, Target } from './types.ts';

/** One call of an attribution method: a compiled model, checked inputs and a target made ready. */
export interface Session {
  readonly network: Network;
  /** One batch per input of the model. */
  readonly inputs: readonly NdArray[];
  /** The number of examples. */
  readonly count: number;
  readonly options: ExplainOptions;
  /** The output whose classes are explained; none where no class is. */
  readonly head: OutputHead | undefined;
  /** What class scores are measured in; `'logit'` where there are none. */
  readonly scale: Scale;
  readonly scorer: Scorer;
  /** The same explained score, of another target. */
  scorerOf(target: Target): Scorer;
  /** Examples `start…end` of each input, as tensors of the caller's scope. */
  rows(start: number, end: number): readonly Tensor[];
}

/** What a method says of its options. */
export interface ExplainTerms<O extends ExplainOptions> {
  readonly checks: OptionChecks<O>;
  /**
   * What class scores are measured in where the options do not say and the output has it, logits by default; outputs that
   * are neither logits nor probabilities are explained as they are.
   */
  readonly scale?: Scale;
}

/**
 * Checks the arguments of an attribution method and runs it.
 *
 * @param method is given copies of the caller's options, which may change during the call.
 */
export async function explain<T, O extends ExplainOptions>(
  model: Model,
  x: Input,
  options: O | undefined,
  { checks, scale: preferred = 'logit' }: ExplainTerms<O>,
  method: (session: Session, options: O) => Promise<T>,
): Promise<T> {
  assertOptions(options, checks);
  const given = options ?? ({} as O);
  const copies = owned(given, x);
  return withNetwork(model, async (compiled) => {
    const [options, input] = await copies;
    options.signal?.throwIfAborted();
    const network = withMeaning(compiled, options.output, headOf(compiled, options.target));
    const inputs = await readInputs(network, input);
    const count = inputs[0]?.shape[0] as number;
    const scaleFor = (head: OutputHead | undefined): Scale =>
      head ? (options.scale ?? scaleOn(head, preferred)) : 'logit';
    const scorerOf = (target: Target | undefined): Scorer =>
      createScorer(network, { target, scale: scaleFor(headOf(network, target)), count });
    const head = headOf(network, options.target);
    const session: Session = {
      network,
      inputs,
      count,
      options,
      head,
      scale: scaleFor(head),
      scorer: scorerOf(options.target),
      scorerOf,
      rows: (start, end) => inputs.map((array) => rowsOf(array, start, end)),
    };
    return method(session, options);
  });
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

/** What the runs of a method have found out, before it becomes an {@link Attribution}. */
export interface Findings {
  readonly method: string;
  readonly score: NdArray;
  /** The classes, where the target is one. */
  readonly classes?: NdArray | undefined;
  /** One map per input, or the layer's. */
  readonly maps: readonly NdArray[];
  /** Whether the first map has a number for each place, and no channels. */
  readonly perPlace?: boolean;
  readonly delta?: Float32Array | undefined;
  readonly layer?: string | undefined;
}

/** Plain data of an attribution. */
export function attributionOf(
  session: Session,
  { method, score, classes, maps, perPlace = false, delta, layer }: Findings,
): Attribution {
  const values = maps[0] as NdArray;
  return {
    values,
    ...(perPlace && values.shape.length === 4 && { layout: 'ndhw' as const }),
    method,
    target: classes ? Int32Array.from(classes.data) : null,
    score: score.data,
    explained: explainedScore(session, classes),
    ...(delta && { delta }),
    ...(layer !== undefined && { layer }),
    ...(maps.length > 1 && { inputs: maps, shares: sharesOf(maps) }),
  };
}

/** What was explained, the predicted classes filled in. */
export function explainedScore({ options, scale }: Session, classes: NdArray | undefined): ExplainedScore {
  return { target: plainTarget(pinTarget(options.target, classes)), scale };
}

/** A target as plain data; a function, be it of one output or of layers, is none. */
function plainTarget(target: Target): ExplainedScore['target'] {
  if (typeof target === 'function') return 'function';
  if (typeof target !== 'object') return target;
  if ('layers' in target) return 'function';
  return 'output' in target && plainTarget(target.target) === 'function' ? 'function' : target;
}

/** Per example and input, the input's part of the sum of all magnitudes, `[n, inputs]`; zeros where all maps are zero. */
export function sharesOf(maps: readonly NdArray[]): NdArray {
  const count = maps[0]?.shape[0] as number;
  const data = new Float32Array(count * maps.length);
  for (let example = 0; example < count; example++) {
    const magnitudes = maps.map((map) => magnitudeOf(map, example));
    const total = magnitudes.reduce((sum, magnitude) => sum + magnitude, 0);
    magnitudes.forEach((magnitude, input) => {
      data[example * maps.length + input] = total === 0 ? 0 : magnitude / total;
    });
  }
  return { shape: [count, maps.length], data };
}

function magnitudeOf({ shape, data }: NdArray, example: number): number {
  const size = sizeOf(shape.slice(1));
  return data.subarray(example * size, (example + 1) * size).reduce((sum, value) => sum + Math.abs(value), 0);
}
