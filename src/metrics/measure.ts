import type { MapArray } from '../image/types.ts';
import type { Input, Model, Scale } from '../network/types.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { anything, assertOptions, integer, kind, type OptionChecks, required } from '../numeric/options.ts';
import { explainChecks } from '../scoring/explainChecks.ts';
import { chosenInput } from '../scoring/placedInput.ts';
import { endpoint } from '../scoring/scoreAt.ts';
import { type ExplainTerms, explain, type Session } from '../scoring/session.ts';
import { pinTarget } from '../scoring/targets/createScorer.ts';
import type { Scorer } from '../scoring/targets/scorer.ts';
import type { ExplainOptions, Target } from '../scoring/types.ts';
import { fittingMap, isAttribution } from './givenMap.ts';
import type { AttributionOption, GivenMap } from './types.ts';

/** One call of a metric: a session whose target is fixed at x, and the map that is judged. */
export interface Measurement extends Session {
  /** Which input is changed. */
  readonly index: number;
  readonly changed: NdArray;
  readonly map: MapArray;
  /** F(x) per example. */
  readonly score: Float32Array;
  /** Of the target with predicted classes filled in. */
  readonly scorer: Scorer;
}

/** Checks of what every metric of a map accepts; the map is looked at with the input that it is of. */
export const mapChecks: OptionChecks<ExplainOptions & AttributionOption> = {
  ...explainChecks,
  attribution: required(
    kind('an attribution or the map of one', (value) => typeof value === 'object' && value !== null),
  ),
  input: integer(0),
};

/**
 * Checks the arguments of a metric of a map and runs it. Where no target is given, what is measured is what the attribution
 * explains; so is its scale, unless the metric is defined on probabilities.
 */
export async function measure<T, O extends ExplainOptions & AttributionOption>(
  model: Model,
  x: Input,
  given: O,
  { checks, scale = 'logit' }: ExplainTerms<O>,
  metric: (measurement: Measurement, options: O) => Promise<T>,
): Promise<T> {
  // A metric among others is given the explainer too, which some of them call.
  const all = { ...checks, explainer: anything };
  assertOptions<O>(given, all);
  const explained = given.target === undefined ? explainedBy(given.attribution) : undefined;
  const target = given.target === undefined ? (explained?.target ?? 'predicted') : given.target;
  return explain(
    model,
    x,
    { ...given, target },
    { checks: all, scale: scale === 'logit' ? (explained?.scale ?? scale) : scale },
    async (session, options) => {
      const index = chosenInput(session.inputs, options.input);
      const changed = session.inputs[index] as NdArray;
      const map = fittingMap(options.attribution, changed, index);
      const at = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
      const scorer = session.scorerOf(pinTarget(options.target, at.classes));
      return metric({ ...session, index, changed, map, score: at.score.data, scorer }, options);
    },
  );
}

/** What an attribution says that it explains; nothing where a map alone is given. */
function explainedBy(attribution: GivenMap): { readonly target: Target; readonly scale?: Scale } | undefined {
  if (!isAttribution(attribution)) return undefined;
  const { target, explained } = attribution;
  if (explained && explained.target !== 'function') return { target: explained.target, scale: explained.scale };
  if (!explained && target) return { target };
  throw new VitrineError(
    'bad-argument',
    `"target" expected what "attribution" explains, which is ${explained ? 'a function' : 'no class'}, got none`,
  );
}
