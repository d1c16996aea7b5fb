import { vocabularySizeOf } from '../../../network/graph/embeddingOf.ts';
import type { Site } from '../../../network/graph/graph.ts';
import type { Input, Model } from '../../../network/types.ts';
import { assertInteger } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { integer, type OptionChecks } from '../../../numeric/options.ts';
import { hiddenInput } from '../../../scoring/baselines.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import { coverableInput } from './coveredParts.ts';
import { windowDrops } from './windowDrops.ts';

/** What {@link wordOcclusion} replaces. */
export interface WordOcclusionOptions {
  /** The number of the token that takes a word's place; 0 by default, as a rule that of padding. */
  readonly token?: number;
  /** The position of the input; by default the first that is looked up in an embedding. */
  readonly input?: number;
}

const checks: OptionChecks<ExplainOptions & WordOcclusionOptions> = {
  ...explainChecks,
  token: integer(0),
  input: integer(0),
};

/**
 * How much of the score is lost when a word is replaced: $R_t = F(x) - F(x \text{ with token } t \text{ replaced})$.
 *
 * Source: Goyal et al. 2016, "Towards transparent AI systems: interpreting visual question answering models", §3.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`, with an input of tokens.
 * @param x one example or a batch in the shape of the model's inputs.
 * @param options `token`, `input`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, tokens]`.
 * @throws {VitrineError} if no input is one of tokens, or there is no such token; else as {@link gradient}.
 * @example
 * ```ts
 * import * as tfl from '@tensorflow/tfjs-layers';
 * import { wordOcclusion } from 'vitrine';
 * const reader = tfl.sequential({
 *   layers: [
 *     tfl.layers.embedding({ inputDim: 9, outputDim: 3, inputLength: 4 }),
 *     tfl.layers.globalAveragePooling1d({}),
 *     tfl.layers.dense({ units: 2 }),
 *   ],
 * });
 * const { values } = await wordOcclusion(reader, { shape: [4], data: Float32Array.of(5, 2, 8, 0) }); // [1, 4]
 * reader.dispose();
 * ```
 */
export async function wordOcclusion(
  model: Model,
  x: Input,
  options: ExplainOptions & WordOcclusionOptions = {},
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, options) => {
    const { token = 0, input } = options;
    const { inputs } = session;
    const index = tokenInput(session, input);
    const words = vocabularySizeOf(session.network, session.network.inputs[index] as Site) as number;
    assertInteger('token', token, [0, words - 1]);
    const hidden = await hiddenInput(session, index, token);
    const { score, classes } = await endpoint(session, inputs, { sites: [], scorer: session.scorer });
    const map = await windowDrops(session, {
      stage: 'wordOcclusion',
      index,
      input: coverableInput(inputs[index] as NdArray, hidden, 1),
      size: [1, 1],
      stride: [1, 1],
      scorer: session.scorerOf(pinTarget(options.target, classes)),
      score: score.data,
    });
    return attributionOf(session, { method: 'wordOcclusion', score, classes, maps: [map] });
  });
}

function tokenInput({ network, inputs }: Session, input: number | undefined): number {
  if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
  const tokens = network.inputs.flatMap((site, i) => (vocabularySizeOf(network, site) === undefined ? [] : [i]));
  const found = input ?? tokens[0];
  if (found !== undefined && tokens.includes(found)) return found;
  const known = tokens.join(', ') || 'this model has none';
  throw new VitrineError('bad-argument', `"input" expected an input of tokens (${known}), got ${input ?? 'none'}`);
}
