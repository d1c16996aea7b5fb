import type { Input, Model } from '../network/types.ts';
import { explainChecks } from './explainChecks.ts';
import { endpoint } from './scoreAt.ts';
import { explain, explainedScore } from './session.ts';
import type { ExplainedScore, ExplainOptions } from './types.ts';

/** What {@link scores} returns: plain data. */
export interface Scores {
  /** F(x) per example. */
  readonly values: Float32Array;
  /** The class per example; `null` where the target is no class. */
  readonly target: Int32Array | null;
  /** What was scored, as in an attribution of it; `explained.target` stays what it is as inputs change. */
  readonly explained: ExplainedScore;
}

/**
 * The score $F(x)$ that methods explain and metrics measure, of any target.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default, of outputs that have logits), `output`, `batchSize`, `signal`,
 * `onProgress`.
 * @returns `values` `[n]`, the class of each example, and what was scored, the predicted classes filled in.
 * @throws {VitrineError} if `x` does not fit the model, or the target or the scale its outputs.
 * @example
 * ```ts
 * import { scores } from 'vitrine';
 * const { values, explained } = await scores(model, x, { target: { class: 1, minus: 'rest' } });
 * console.log(values, explained.scale); // a number per picture, 'logit'
 * ```
 */
export async function scores(model: Model, x: Input, options: ExplainOptions = {}): Promise<Scores> {
  return explain(model, x, options, { checks: explainChecks }, async (session, { onProgress }) => {
    const { inputs, scorer } = session;
    const { score, classes } = await endpoint(session, inputs, { sites: [], scorer, stage: 'scores', onProgress });
    return {
      values: score.data,
      target: classes ? Int32Array.from(classes.data) : null,
      explained: explainedScore(session, classes),
    };
  });
}
