import type { ImageDataset } from '../../readings/imageSource.ts';
import type { AblationPlan, AblationRun, ScoreVisitor } from './ablationPlan.ts';
import { linearTail } from './linearTail.ts';
import { scoresByRuns } from './scoresByRuns.ts';
import { scoresByWeights } from './scoresByWeights.ts';

/**
 * The logits of all examples with each set of units at zero, at all positions. The images are read once; what leads to
 * the layer runs once for each example, and after it only what the layer reaches, or nothing where weights alone follow.
 */
export function scoresWithout(
  plan: AblationPlan,
  images: ImageDataset,
  run: AblationRun,
  visit: ScoreVisitor,
): Promise<void> {
  const tail = linearTail(plan.network.graph, plan.site, plan.head);
  return tail ? scoresByWeights({ ...plan, tail }, images, run, visit) : scoresByRuns(plan, images, run, visit);
}
