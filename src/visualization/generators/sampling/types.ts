import type { PixelScale } from '../../../image/pixelScale.ts';
import type { Model, RunOptions, Scale } from '../../../network/types.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Sampler, SamplerWeights } from './samplers.ts';

/** The options of {@link sampleCodes}, besides what says how numbers follow from pixels. */
export interface SampleCodesSettings extends Omit<RunOptions, 'batchSize'> {
  /** What R is; `'denoiser'` by default. */
  readonly prior?: Sampler['prior'];
  /** The weights ε; those of `samplers.ppgnH` by default. */
  readonly weights?: Partial<SamplerWeights>;
  /** Whether gradients are brought to the magnitude of the prior; `'step'` by default, `'none'` for weights as published. */
  readonly balance?: Sampler['balance'];
  /** R of the prior `'denoiser'`, from codes to codes, such as `fitDenoiser` makes; none by default. */
  readonly denoiser?: Model;
  /** R of the prior `'encoder'`: the layer that finds a code in the generated picture; none by default. */
  readonly encoder?: Encoder;
  /** Examples of codes, `[m, …]`: what starts, the range, the step size and the noise are measured by; none by default. */
  readonly codes?: NdArray;
  /** Where samples begin: noise, examples of `codes`, their units mixed (by default, with `codes`), or these codes `[n, …]`. */
  readonly start?: StartKind | NdArray;
  /** What numbers of codes are kept in; the range of `codes` by default, none without. */
  readonly codeRange?: readonly [low: number, high: number];
  /** How many samples are made for each objective, together; 8 by default. */
  readonly count?: number;
  /** How often codes are moved; 200 by default. */
  readonly steps?: number;
  /** The mean |Δh| of the first and of the last step, linear between; by default from 0.05 to 0 times the mean |h| of `codes`, or 1. */
  readonly stepSize?: number | readonly [first: number, last: number];
  /** What a class is measured in; the log-probability by default, where its output has it. */
  readonly scale?: Scale;
  /** What pictures are to be where a mask is 1; the rest is filled in; none by default. */
  readonly observed?: Observed;
  /** Of the starts and the noise; 0 by default. */
  readonly seed?: number;
}

/** What {@link sampleCodes} is told. */
export type SampleCodesOptions = PixelScale & SampleCodesSettings;

/** The codes that are begun with, where no array says them. */
export type StartKind = 'noise' | 'codes' | 'units';

/** The layer of a network that finds codes in pictures. */
export interface Encoder {
  readonly model: Model;
  /** The address of the layer. */
  readonly layer: string;
}

/** What pictures are to be where a mask is 1. */
export interface Observed {
  /** `[h, w, c]`, or `[n, h, w, c]`. */
  readonly picture: NdArray;
  /** `[h, w]`: 1 where it is observed, 0 where it is to be filled in. */
  readonly mask: NdArray;
}

/** What {@link sampleCodes} returns; `k` objectives, `n` samples of each. */
export interface SampledCodes {
  /** Pictures of 0 to 1, `[k, n, h, w, c]`. */
  readonly images: NdArray;
  /** `[k, n, …]` */
  readonly codes: NdArray;
  /** The objective at the end, `[k, n]`. */
  readonly objective: NdArray;
  /** The objective from the start to after the last step, `[k, n, steps + 1]`. */
  readonly curve: NdArray;
  /** The mean magnitudes of what moved each sample in each step, `[k, n, steps, 4]`: prior, condition, noise, inpainting. */
  readonly terms: NdArray;
  /** The mean Euclidean distance of two pictures of an objective, `[k]`; none of single samples. */
  readonly diversity?: Float64Array;
  readonly sampler: Sampler;
  readonly seed: number;
}
