import { pinTarget } from '../../../network/score.ts';
import type { ExplainOptions } from '../../../network/types2.ts';
import type { LayerOption } from '../../gradient/backpropagated.ts';
import type { RulesOption } from '../../gradient/rectified.ts';
import { type Endpoint, endpoint } from '../../path/endpoints.ts';
import { endsOf, type Session } from '../../session.ts';
import { assertUnscaled } from '../assertUnscaled.ts';
import type { Comparison } from './compareRuns.ts';
import { type DeepLiftRule, procedureOf } from './procedure.ts';

/** The variant of {@link deepLift}. */
export interface DeepLiftVariant extends LayerOption, RulesOption {
  /**
   * How activations divide a difference: `'rescale'` (default) as a whole; `'revealCancel'` its positive and negative
   * contributions apart; `'mixed'` the latter after dense layers and the former after convolutions.
   */
  readonly rule?: DeepLiftRule;
}

/** Checks the options of a DeepLIFT call; a predicted class is the one at x, also in the reference run. */
export async function comparisonOf(
  session: Session,
  options: ExplainOptions & DeepLiftVariant,
): Promise<{ readonly comparison: Comparison; readonly at: Endpoint }> {
  const { network, inputs, scorer, scorerOf } = session;
  const { target, rule = 'rescale', rules = [], layer } = options;
  assertUnscaled(session, 'deepLift');
  const procedure = procedureOf(rule, rules, network.graph);
  const at = await endpoint(session, inputs, { sites: [], scorer });
  const pinned = scorerOf(pinTarget(target, at.classes));
  return { at, comparison: { ends: endsOf(network, layer), scorer: pinned, procedure } };
}
