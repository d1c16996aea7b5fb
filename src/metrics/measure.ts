import { endpoint } from '../attribution/path/endpoints.ts';
import { explain, type Session } from '../attribution/session.ts';
import type { MapArray } from '../image/types.ts';
import { pinTarget } from '../network/score.ts';
import type { Scorer } from '../network/scorer.ts';
import type { ExplainOptions, Input, Model, Scale, Target } from '../network/types.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { chosenInput, fittingMap } from './givenMap.ts';
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
      const index = chosenInput(session.inputs, options.input);
      const changed = session.inputs[index] as NdArray;
      const map = fittingMap(options.attribution, changed, index);
      const at = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
      const scorer = session.scorerOf(pinTarget(target, at.classes));
      return metric({ ...session, index, changed, map, score: at.score.data, scorer });
    },
    scale,
  );
}

function targetOf(attribution: GivenMap): Target {
  const classes = 'target' in attribution ? attribution.target : null;
  return classes ? [...classes] : 'predicted';
}
