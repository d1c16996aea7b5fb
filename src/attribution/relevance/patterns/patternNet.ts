import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import { type PatternOptions, throughPatterns } from './throughPatterns.ts';

/**
 * PatternNet: the signal in the input that the score reacts to.
 *
 * The gradient, with each weight replaced by the pattern of its unit: $w \to a$ in $R_{in} = W^T R_{out}$. ReLUs pass
 * what they passed forward, and it starts with 1 at the target. Batch normalisation is merged; other operations keep
 * their gradients.
 *
 * Source: Kindermans et al. 2018, "Learning how to explain neural networks: PatternNet and PatternAttribution", §4.1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `patterns` (required, of {@link fitPatterns}), `layer`, `target`, `rules` for layers that are not
 * known, and `composite` for all.
 * @returns `values` in the shape of the input (or the layer).
 * @throws {VitrineError} if the patterns were fitted on another model or other weights, or `layer` or the target lie between a
 * linear layer and the batch normalisation that is merged with it.
 * @throws {VitrineError} if the scale is not `'logit'`; else as {@link gradient}.
 * @example
 * ```ts
 * import { fitPatterns, patternNet } from 'vitrine';
 * const patterns = await fitPatterns(model, [x]);
 * const { values } = await patternNet(model, x, { patterns, target: 2 });
 * ```
 */
export function patternNet(model: Model, x: Input, options: ExplainOptions & PatternOptions): Promise<Attribution> {
  return throughPatterns(model, x, options, { method: 'patternNet', kernel: (_weights, pattern) => pattern });
}

/**
 * PatternAttribution: how much each part of the input contributes to the score, without what only distracts.
 *
 * The gradient, with each weight replaced by its product with the pattern of its unit: $w \to w \odot a$. ReLUs pass
 * what they passed forward, and it starts with 1 at the target: times `score`, it divides the score. Batch normalisation
 * is merged; other operations keep their gradients.
 *
 * Source: Kindermans et al. 2018, "Learning how to explain neural networks: PatternNet and PatternAttribution", §4.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `patterns` (required, of {@link fitPatterns}), `layer`, `target`, `rules` for layers that are not
 * known, and `composite` for all.
 * @returns `values` in the shape of the input (or the layer).
 * @throws as {@link patternNet}.
 * @example
 * ```ts
 * import { fitPatterns, patternAttribution } from 'vitrine';
 * const patterns = await fitPatterns(model, [x]);
 * const { values } = await patternAttribution(model, x, { patterns });
 * ```
 */
export function patternAttribution(
  model: Model,
  x: Input,
  options: ExplainOptions & PatternOptions,
): Promise<Attribution> {
  return throughPatterns(model, x, options, { method: 'patternAttribution', kernel: tf.mul });
}
