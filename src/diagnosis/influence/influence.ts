import { inSlices } from '../../backend/inTurn.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { readCheckpoints } from './allLayers/checkpoints.ts';
import { ekfacInfluence } from './allLayers/ekfac.ts';
import { tracInInfluence } from './allLayers/tracIn.ts';
import { allLayersReport, gradientProblem } from './allLayersReport.ts';
import { exampleLosses } from './exampleLosses.ts';
import { type HeadMethod, influenceByHead } from './head/headInfluence.ts';
import { headReport } from './head/headReport.ts';
import { modelHead } from './head/modelHead.ts';
import { assertInfluenceOptions, isAllLayers, methodOf } from './influenceOptions.ts';
import type { Influence, InfluenceOptions, LabelledExamples } from './types.ts';
import { type ExampleSets, withExamples } from './withExamples.ts';

/**
 * By how much the loss of each test example would change if a training example were left out of the training.
 *
 * To first order that is $\frac1n \nabla L(z_t)^T (H + \delta I)^{-1} \nabla L(z_i)$ for the optimum of
 * $\frac1n \sum_i L(z_i) + \frac{\lambda}{2} |W|^2$, whose Hessian is H; the gradients are without the penalty, which like the
 * factor 1/n stays as it is. **Above 0 the loss would rise, so the example is helpful; below 0 it is harmful.**
 *
 * Methods: `'exact'` (Cholesky up to 3000 weights, else conjugate gradients), `'cg'` and `'lissa'` for the head, the last
 * dense layer with all before it fixed; `'ekfac'` for any layers; `'tracIn'`, products of gradients
 * $\sum_c \eta_c \nabla L_c(z_t)^T \nabla L_c(z_i)$, without 1/n; `'representer'`, what the example's own term of the logits
 * does. A head that was not trained to its optimum, as any that was stopped early, is no place where the formula holds: the
 * report tells it, and `refit: true` looks at the optimum instead.
 *
 * Source: Eq. (2), Koh and Liang 2017, "Understanding black-box predictions via influence functions"; the sign is that of
 * leaving out.
 *
 * @param model a network with classes whose logits a dense layer makes.
 * @param training `{images, labels}`: what the model was trained on, n examples in the shape of its input.
 * @param test `{images, labels}`: t examples whose loss is looked at.
 * @param options the method, and how far it goes: {@link InfluenceOptions}.
 * @returns the changes `[t, n]`, with the plain losses, the damping and what makes the values doubtful.
 * @throws {VitrineError} if the Hessian is singular, or LiSSA diverges.
 * @throws {VitrineError} if the model's output holds no classes of which each example has one.
 * @example
 * ```ts
 * import { influence } from 'vitrine/diagnosis';
 * const images = { shape: [8, 16, 16, 3], data: Float32Array.from({ length: 8 * 768 }, (_, i) => Math.sin(i * i)) };
 * const training = { images, labels: [0, 1, 2, 3, 0, 1, 2, 3] };
 * const { lossChangeIfRemoved, warnings } = await influence(model, training, { images: x, labels: [1, 2] }, { refit: true });
 * console.log(lossChangeIfRemoved.shape, warnings.length);
 * ```
 */
export async function influence(
  model: Model,
  training: LabelledExamples,
  test: LabelledExamples,
  options: InfluenceOptions = {},
): Promise<Influence> {
  assertInfluenceOptions(options);
  return withExamples(model, { training, test }, options, (sets) => {
    const method = methodOf(sets.options);
    return isAllLayers(method, sets.options) ? byLayers(method, sets) : byHead(method, sets);
  });
}

type Sets = ExampleSets<'training' | 'test', InfluenceOptions>;

async function byHead(method: HeadMethod, { network, head, sets, options }: Sets): Promise<Influence> {
  const { penalty = 1e-3, damping = 0, seed = 0, refit, lissa, signal } = options;
  const { dense, problem, examplesOf } = await modelHead(network, head, {
    ...{ training: sets.training, penalty, refit },
    run: options,
  });
  const test = await examplesOf(sets.test);
  const work = influenceByHead(method, problem, test, { damping, seed, lissa });
  const found = await inSlices(work, { signal });
  const { shape, data } = found.lossChangeIfRemoved;
  return {
    ...headReport(method, dense.operation.address, found),
    lossChangeIfRemoved: { shape, data: Float32Array.from(data) },
    trainingLosses: Float32Array.from(found.losses),
    testLosses: Float32Array.from(found.testLosses),
  };
}

async function byLayers(method: 'ekfac' | 'tracIn', { network, head, sets, options }: Sets): Promise<Influence> {
  const problem = gradientProblem(network, head, options);
  const { training, test } = sets;
  const found =
    method === 'ekfac'
      ? await ekfacInfluence(problem, training, test, { damping: options.damping, samples: options.samples })
      : await tracInInfluence(problem, training, {
          test,
          checkpoints: await readCheckpoints(network, options.checkpoints),
        });
  const run: RunOptions = options;
  return {
    ...allLayersReport(method, found),
    lossChangeIfRemoved: found.lossChangeIfRemoved,
    trainingLosses: await exampleLosses(network, head, training, run),
    testLosses: await exampleLosses(network, head, test, run),
  };
}
