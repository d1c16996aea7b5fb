import { endpoint } from '../attribution/path/endpoints.ts';
import { explain, type Session } from '../attribution/session.ts';
import type { MapArray } from '../image/types.ts';
import { pinTarget } from '../network/score.ts';
import type { Scorer } from '../network/scorer.ts';
import type { ExplainOptions, Input, Model, Scale, Target } from '../network/types.ts';
import { assertInteger } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
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

/** Checks the arguments of a metric of a map and runs it. The target is the attribution's where no other is given. */
export async function measure<T>(
  model: Model,
  x: Input,
  options: ExplainOptions & AttributionOption,
  metric: (measurement: Measurement) => Promise<T>,
  scale: Scale = 'logit',
): Promise<T> {
  const target = options.target ?? targetOf(options.attribution);
  return explain(
    model,
    x,
    { ...options, target },
    async (session) => {
      const index = changedInput(session.inputs, options.input);
      const changed = session.inputs[index] as NdArray;
      const map = fittingMap(options.attribution, changed, index);
      const at = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
      if (options.target === undefined && at.classes) assertClass(options.attribution);
      const scorer = session.scorerOf(pinTarget(target, at.classes));
      return metric({ ...session, index, changed, map, score: at.score.data, scorer });
    },
    scale,
  );
}

/** The input that was asked for, or the first that is an image, else the first. */
function changedInput(inputs: readonly NdArray[], input: number | undefined): number {
  if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
  const image = inputs.findIndex(({ shape }) => shape.length === 4);
  return input ?? Math.max(image, 0);
}

/** A map of a unit says nothing about the class that would be measured in its place. */
function assertClass(attribution: GivenMap): void {
  if (!isAttribution(attribution) || attribution.target) return;
  throw new RangeError(`"target" expected what "attribution" explains, which is no class, got none`);
}

function targetOf(attribution: GivenMap): Target {
  const classes = isAttribution(attribution) ? attribution.target : null;
  return classes ? [...classes] : 'predicted';
}
