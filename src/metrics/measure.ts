import type { MapArray } from '../image/types.ts';
import type { Input, Model, Scale } from '../network/types.ts';
import { assertInteger } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { isPlaced } from '../scoring/placedInput.ts';
import { endpoint } from '../scoring/scoreAt.ts';
import { explain, type Session } from '../scoring/session.ts';
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

/**
 * Checks the arguments of a metric of a map and runs it. Where no target is given, what is measured is what the attribution
 * explains; so is its scale, unless the metric is defined on probabilities.
 */
export async function measure<T, O extends ExplainOptions & AttributionOption>(
  model: Model,
  x: Input,
  given: O,
  metric: (measurement: Measurement, options: O) => Promise<T>,
  scale: Scale = 'logit',
): Promise<T> {
  const explained = given.target === undefined ? explainedBy(given.attribution) : undefined;
  const target = given.target ?? explained?.target ?? 'predicted';
  return explain(
    model,
    x,
    { ...given, target },
    async (session, options) => {
      const index = changedInput(session.inputs, options.input);
      const changed = session.inputs[index] as NdArray;
      const map = fittingMap(options.attribution, changed, index);
      const at = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
      const scorer = session.scorerOf(pinTarget(options.target, at.classes));
      return metric({ ...session, index, changed, map, score: at.score.data, scorer }, options);
    },
    scale === 'logit' ? (explained?.scale ?? scale) : scale,
  );
}

/** The input that was asked for, or the first that is an image or a volume, else the first. */
function changedInput(inputs: readonly NdArray[], input: number | undefined): number {
  if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
  const image = inputs.findIndex(({ shape }) => isPlaced(shape));
  return input ?? Math.max(image, 0);
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
