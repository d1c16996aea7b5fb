/** The weights ε of what a code is moved by. */
export interface SamplerWeights {
  /** ε₁, of R(h) − h. */
  readonly prior: number;
  /** ε₂, of the gradient of the objective. */
  readonly condition: number;
  /** ε₃, the standard deviation of the noise, in that of each number of the example codes. */
  readonly noise: number;
  /** ε₄, of the difference to what is observed. */
  readonly inpainting: number;
}

/** One way to sample codes, as data. */
export interface Sampler {
  /** What R is: nothing, so that codes decay to 0; a denoiser of codes; or an encoder of the generated picture. */
  readonly prior: 'decay' | 'denoiser' | 'encoder';
  readonly weights: SamplerWeights;
  /**
   * Whether gradients are brought to the mean magnitude of R(h) − h before they are weighed: in each step, by the factor of
   * the first step, so that they fade as the objective is reached, or not at all.
   */
  readonly balance: 'step' | 'first' | 'none';
}

/**
 * Ways to sample codes, to be spread into the options of {@link sampleCodes}.
 *
 * `dgnAm`: no prior but a weak decay (Nguyen et al. 2016). `ppgnH`: a denoiser of codes, with noise. `jointPpgnH`: the code
 * that an encoder finds in the generated picture, with noise. `noiselessJointPpgnH`: the same without. `published`: the
 * last with the numbers of the authors' code, which are for codes of CaffeNet's fc6 and pixels of 0 to 255. `diverse`: a
 * denoiser, and a condition that fades as it is met.
 *
 * Source: Nguyen et al. 2017, "Plug & play generative networks", Table 1 and §3; Nguyen et al. 2016, "Synthesizing the preferred
 * inputs for neurons in neural networks via deep generator networks".
 *
 * @example
 * ```ts
 * import { samplers } from 'vitrine/visualization';
 * const { weights } = samplers.ppgnH;
 * const options = { ...samplers.ppgnH, weights: { ...weights, noise: 1 } };
 * console.log(options.prior); // denoiser
 * ```
 */
export const samplers: Readonly<
  Record<'dgnAm' | 'ppgnH' | 'jointPpgnH' | 'noiselessJointPpgnH' | 'published' | 'diverse', Sampler>
> = {
  dgnAm: { prior: 'decay', weights: { prior: 0.005, condition: 1, noise: 0, inpainting: 0 }, balance: 'none' },
  ppgnH: { prior: 'denoiser', weights: { prior: 1, condition: 1, noise: 0.3, inpainting: 1 }, balance: 'step' },
  jointPpgnH: { prior: 'encoder', weights: { prior: 1, condition: 1, noise: 0.3, inpainting: 1 }, balance: 'step' },
  noiselessJointPpgnH: {
    prior: 'encoder',
    weights: { prior: 1, condition: 1, noise: 0, inpainting: 1 },
    balance: 'step',
  },
  published: {
    prior: 'encoder',
    weights: { prior: 1e-5, condition: 1, noise: 1e-17, inpainting: 1e-9 },
    balance: 'none',
  },
  diverse: { prior: 'denoiser', weights: { prior: 1, condition: 1, noise: 0.3, inpainting: 1 }, balance: 'first' },
};
