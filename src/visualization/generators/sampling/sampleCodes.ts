import { owned } from '../../../backend/owned.ts';
import type { Network } from '../../../network/network.ts';
import { predict } from '../../../network/predict.ts';
import type { Model } from '../../../network/types.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import { assertOptions } from '../../../numeric/options.ts';
import type { Objective } from '../../objectives/objective.ts';
import { objectivesOf } from '../../visualize.ts';
import { assertModel } from '../assertModel.ts';
import { sampleDistances } from '../sampleDistances.ts';
import { type PriorOptions, withPrior } from './codePrior.ts';
import { type Sampled, sampled } from './codeSampling.ts';
import { conditionOn } from './condition.ts';
import { type GroupOfSamples, gatheredSamples } from './gatheredSamples.ts';
import { plannedSampling } from './plannedSampling.ts';
import type { Sampler } from './samplers.ts';
import { samplingChecks } from './samplingChecks.ts';
import type { SampleCodesOptions, SampleCodesSettings, SampledCodes } from './types.ts';

/**
 * Pictures that a network calls by a name and that a prior finds likely: plug and play generation.
 *
 * Codes h of a generator G move by the gradient of an objective of another network and by what a prior R makes of them:
 *
 * $$ d = \varepsilon_1 (R(h) - h) + \varepsilon_2\, J_G^T \nabla_x \log p(y \mid x) + \varepsilon_3 \eta + \varepsilon_4\, J_G^T [(x_{obs} - x) \odot m],
 * \qquad h \leftarrow \operatorname{clip}\Bigl(h + \frac{s_t}{\operatorname{mean} |d|}\, d\Bigr) $$
 *
 * `samplers` names the forms of the papers, to be spread into the options. Published weights are for one network; by default
 * gradients are first brought to the magnitude of the prior (`balance`). All samples of an objective are made together, each
 * with draws of its own. A sample whose d is 0 stays where it is; with a weight of 0 a prior is not needed.
 *
 * Look at `diversity` before you believe the pictures: samplers of this kind tend to make one picture for all.
 *
 * Source: Nguyen et al. 2017, "Plug & play generative networks: conditional iterative generation of images in latent space",
 * Eq. (3), Table 1 and §3.6, with the normalised steps of their code; Nguyen et al. 2016 for DGN-AM.
 *
 * @param generator any model from codes to pictures of 0 to 1, such as the decoder of {@link trainDecoder}.
 * @param model the network that the objective is of, another one than codes come from if it is to judge honestly.
 * @param objective a class, another target or an objective, as in {@link visualize}; or a list of such.
 * @param options how pixels of 0 to 255 become the input of the network (`preprocessing`, or `range`, or `mean` and `std`, and
 * `channels`, `order`); `prior` with `denoiser` or `encoder`, `weights`, `balance`, `codes`, `start`, `codeRange`, `count`, `steps`,
 * `stepSize`, `scale`, `observed`, `seed`, `signal`, `onProgress`.
 * @returns pictures and codes, the course of the objective, what moved the codes, and the diversity of samples.
 * @throws {VitrineError} if the generator makes pictures of another size or takes codes of another shape, the prior's model
 * is missing, an objective is unknown or not finite, or no scale of pixels is given.
 * @example
 * ```ts
 * import { samplers, sampleCodes, upconvolutionalDecoder } from 'vitrine/visualization';
 * const generator = upconvolutionalDecoder({ featureShape: [8], imageShape: [16, 16, 3] });
 * const { images, diversity } = await sampleCodes(generator, model, [0, 3], {
 *   ...samplers.dgnAm, range: [-1, 1], count: 2, steps: 5,
 * });
 * console.log(images.shape, diversity?.length); // [2, 2, 16, 16, 3], 2
 * generator.dispose();
 * ```
 */
export async function sampleCodes(
  generator: Model,
  model: Model,
  objective: Objective | readonly Objective[],
  options: SampleCodesOptions,
): Promise<SampledCodes> {
  assertOptions(options, samplingChecks);
  assertModel('generator', generator);
  const copies = owned({ objectives: objectivesOf(objective) }, { ...options });
  return withNetwork(generator, (made) =>
    withNetwork(model, async (network) => {
      const [{ objectives }, own] = await copies;
      return sampledOn(made, network, objectives, own);
    }),
  );
}

async function sampledOn(
  generator: Network,
  network: Network,
  objectives: readonly Objective[],
  options: SampleCodesOptions,
): Promise<SampledCodes> {
  const plan = plannedSampling(generator, network, options);
  const { startOf, sampler, ...shared } = plan;
  const total = objectives.length * shared.steps;
  const groups: GroupOfSamples[] = [];
  const shape = generator.inputs[0].shape;
  await withPrior(priorOf(sampler, options), { shape, toModel: shared.toModel }, async (prior) => {
    for (const [group, objective] of objectives.entries()) {
      const ready = conditionOn(network, objective, { count: plan.count, scale: options.scale });
      const found = await sampled({ ...shared, prior, objective: ready, start: startOf(group), group }, (step) =>
        options.onProgress?.({ stage: 'sampleCodes', done: group * shared.steps + step + 1, total }),
      );
      groups.push(await seen(generator, found, options));
    }
  });
  return { ...gatheredSamples(groups), sampler, seed: shared.seed };
}

/** Without a weight a prior is nothing. */
function priorOf({ prior, weights }: Sampler, { denoiser, encoder }: SampleCodesSettings): PriorOptions {
  return weights.prior === 0 ? { prior: 'decay' } : { prior, denoiser, encoder };
}

/** The pictures of codes, and how far they are from each other. */
async function seen(generator: Network, found: Sampled, { signal }: SampleCodesSettings): Promise<GroupOfSamples> {
  const { values: images } = await predict(generator, found.codes, signal ? { signal } : {});
  return { ...found, images, ...(await sampleDistances(images, signal ? { signal } : {})) };
}
