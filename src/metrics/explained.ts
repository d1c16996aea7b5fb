import { assertAttribution } from '../attribution/assertAttribution.ts';
import { eventLoopTurn } from '../backend/inTurn.ts';
import type { Network } from '../network/network.ts';
import type { Input, Model } from '../network/types.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { anything, callback, type OptionChecks, required } from '../numeric/options.ts';
import { explainChecks } from '../scoring/explainChecks.ts';
import { endpoint } from '../scoring/scoreAt.ts';
import { type ExplainTerms, explain, type Session } from '../scoring/session.ts';
import { pinTarget } from '../scoring/targets/createScorer.ts';
import type { Attribution, ExplainOptions, Target } from '../scoring/types.ts';
import type { ExplainerOption } from './types.ts';

/** One call of a metric that calls a method again and again. */
export interface Explained extends Session {
  /** The predicted class per example, where the target is one. */
  readonly classes: NdArray | undefined;
  /** Says how many times `maps` will be called, for the reports of progress. */
  expectRuns(total: number): void;
  /** Explains the same target at other inputs, of another network, or another target; one map per input of the model. */
  maps(run: {
    readonly inputs?: readonly NdArray[];
    readonly network?: Network;
    readonly target?: Target;
  }): Promise<readonly NdArray[]>;
}

/** Checks of what every metric of a method accepts. */
export const explainerChecks: OptionChecks<ExplainOptions & ExplainerOption> = {
  ...explainChecks,
  explainer: required(callback),
};

/** Checks the arguments of a metric of an explainer and runs it. The target is fixed at x, the seed stays the same. */
export async function explained<T, O extends ExplainOptions & ExplainerOption>(
  model: Model,
  x: Input,
  given: O,
  { checks }: Pick<ExplainTerms<O>, 'checks'>,
  metric: (explained: Explained, options: O) => Promise<T>,
): Promise<T> {
  // A metric among others is given the attribution too, which some of them judge.
  const all = { ...checks, attribution: anything };
  return explain(model, x, given, { checks: all }, async (session, options) => {
    const { explainer, target, scale, output, seed, batchSize, signal, onProgress } = options;
    const { classes } = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
    const pinned = pinTarget(target, classes);
    const run = { ...(batchSize && { batchSize }), ...(signal && { signal }) };
    const passed = { ...(scale && { scale }), ...(output && { output }), ...run };
    const progress = { done: 0, total: 0 };
    const maps: Explained['maps'] = async ({ inputs = session.inputs, network = session.network, target = pinned }) => {
      if (progress.done > 0) await eventLoopTurn();
      signal?.throwIfAborted();
      const given = inputs.length === 1 ? (inputs[0] as NdArray) : inputs;
      const found = await explainer(network, given, { ...passed, target, seed: seed ?? 0 });
      assertAttribution('explainer', found);
      progress.done++;
      onProgress?.({ stage: 'explain', ...progress });
      return found.inputs ?? [withChannels(found)];
    };
    const expectRuns = (total: number): void => {
      progress.total = total;
    };
    return metric({ ...session, classes, expectRuns, maps }, options);
  });
}

/** A map in which no axis can be taken for another: that of a volume with one channel. */
function withChannels({ values, layout }: Attribution): NdArray {
  return layout === 'ndhw' ? { shape: [...values.shape, 1], data: values.data } : values;
}
