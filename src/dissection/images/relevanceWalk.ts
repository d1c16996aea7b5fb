import { chosenRules, type RuleOptions, ruleChecks } from '../../attribution/ruleOptions.ts';
import { epsilonPlus, relevanceAtEnds, wholeComposite } from '../../attribution/shared.ts';
import { dependsOn } from '../../network/graph/dependsOn.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { anything, flag, type OptionChecks } from '../../numeric/options.ts';
import { isClassList } from '../../scoring/targets/classScore.ts';
import { createScorer } from '../../scoring/targets/createScorer.ts';
import type { Target } from '../../scoring/types.ts';
import type { RelevanceWalk } from './peaks.ts';

/** What relevance is handed back from and by which rules, as in `lrp`. */
export interface RelevanceOptions extends RuleOptions {
  /** What the relevance is for: the class that each image is predicted to be by default; a list has a class for each image. */
  readonly target?: Target;
  /** Whether biases keep their share of relevance, as they do by default. */
  readonly bias?: boolean;
}

/** Checks of {@link RelevanceOptions}. */
export const relevanceChecks: OptionChecks<RelevanceOptions> = { ...ruleChecks, target: anything, bias: flag };

/** The walk of `lrp` from the target of each image to a layer. */
export function relevanceWalkOf(
  network: Network,
  layer: Site,
  { target, bias = true, ...own }: RelevanceOptions,
): RelevanceWalk {
  const count = isClassList(target) ? target.length : Number.POSITIVE_INFINITY;
  const scorer = createScorer(network, { target, count });
  if (!dependsOn(network.graph, scorer.taps, [layer]))
    throw new VitrineError('bad-argument', `"layer" expected one before the target, got "${layer.address}"`);
  const chosen = chosenRules(own, { own: epsilonPlus(), graph: network.graph });
  return {
    taps: scorer.taps,
    composite: wholeComposite(network.graph, chosen, { method: 'lrp', bias }),
    relevance(record, ends, image) {
      if ((image.at(-1) as number) >= count)
        throw new VitrineError(
          'bad-argument',
          `"target" expected a class for each image, got ${count} for more images`,
        );
      const signals = relevanceAtEnds(record, scorer.divide(record, image), { ends });
      return ends.map((site) => signalAt(signals, site));
    },
  };
}
