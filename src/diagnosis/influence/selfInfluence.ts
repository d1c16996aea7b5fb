import { inSlices } from '../../backend/inTurn.ts';
import type { Model } from '../../network/types.ts';
import { readCheckpoints } from './allLayers/checkpoints.ts';
import { ekfacSelfInfluence } from './allLayers/ekfac.ts';
import { tracInSelfInfluence } from './allLayers/tracIn.ts';
import { allLayersReport, gradientProblem } from './allLayersReport.ts';
import { exampleLosses } from './exampleLosses.ts';
import { type HeadMethod, selfInfluenceByHead } from './head/headInfluence.ts';
import { headReport } from './head/headReport.ts';
import { modelHead } from './head/modelHead.ts';
import { assertInfluenceOptions, isAllLayers, methodOf } from './influenceOptions.ts';
import type { InfluenceOptions, LabelledExamples, SelfInfluence } from './types.ts';
import { type ExampleSets, withExamples } from './withExamples.ts';

/**
 * By how much the loss of each training example would rise if it were left out itself: examples that only they themselves
 * explain, wrong labels among them, come first.
 *
 * $\frac1n \nabla L(z_i)^T (H + \delta I)^{-1} \nabla L(z_i)$, the diagonal of what {@link influence} says of the training
 * set. The plain loss, which is beside it, finds wrong labels as well.
 *
 * Source: §5.4, Koh and Liang 2017, "Understanding black-box predictions via influence functions".
 *
 * @param model a network with classes whose logits a dense layer makes.
 * @param training `{images, labels}`: n examples in the shape of the model's input.
 * @param options the method, and how far it goes: {@link InfluenceOptions}.
 * @returns a value for each example `[n]`, beside its loss.
 * @throws {VitrineError} if the Hessian is singular, or LiSSA diverges.
 * @example
 * ```ts
 * import { selfInfluence } from 'vitrine/diagnosis';
 * const images = { shape: [8, 16, 16, 3], data: Float32Array.from({ length: 8 * 768 }, (_, i) => Math.sin(i * i)) };
 * const training = { images, labels: [0, 1, 2, 3, 0, 1, 2, 3] };
 * const { values, losses } = await selfInfluence(model, training, { refit: true });
 * console.log(values.length, losses.length);
 * ```
 */
export async function selfInfluence(
  model: Model,
  training: LabelledExamples,
  options: InfluenceOptions = {},
): Promise<SelfInfluence> {
  assertInfluenceOptions(options);
  return withExamples(model, { training }, options, (sets) => {
    const method = methodOf(sets.options);
    return isAllLayers(method, sets.options) ? byLayers(method, sets) : byHead(method, sets);
  });
}

type Sets = ExampleSets<'training', InfluenceOptions>;

async function byHead(method: HeadMethod, { network, head, sets, options }: Sets): Promise<SelfInfluence> {
  const { penalty = 1e-3, damping = 0, seed = 0, refit, lissa, signal } = options;
  const { dense, problem } = await modelHead(network, head, {
    ...{ training: sets.training, penalty, refit },
    run: options,
  });
  const found = await inSlices(selfInfluenceByHead(method, problem, { damping, seed, lissa }), { signal });
  return {
    ...headReport(method, dense.operation.address, found),
    values: Float32Array.from(found.values),
    losses: Float32Array.from(found.losses),
  };
}

async function byLayers(method: 'ekfac' | 'tracIn', { network, head, sets, options }: Sets): Promise<SelfInfluence> {
  const problem = gradientProblem(network, head, options);
  const found =
    method === 'ekfac'
      ? await ekfacSelfInfluence(problem, sets.training, { damping: options.damping, samples: options.samples })
      : await tracInSelfInfluence(problem, sets.training, await readCheckpoints(network, options.checkpoints));
  return {
    ...allLayersReport(method, found),
    values: found.values,
    losses: await exampleLosses(network, head, sets.training, options),
  };
}
