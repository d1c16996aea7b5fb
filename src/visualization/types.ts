import type { PixelScale } from '../image/pixelScale.ts';
import type { Picture, PictureSize } from '../image/types.ts';
import type { RunOptions } from '../network/types.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import type { Optimizer } from '../optimization/optimizer.ts';
import type { Parameterization } from './parameterizations/parameterization.ts';
import type { Transform } from './transforms/transform.ts';

/** Options of {@link visualize}: how pixels become the input of the model, as `toInput` takes it, and how pictures are made. */
export type VisualizeOptions = PixelScale & VisualizeSettings;

/** How pictures are made. */
export interface VisualizeSettings extends Omit<RunOptions, 'batchSize'> {
  /** Height and width of the pictures; by default those of the model's input, 128 where it leaves them open. */
  readonly size?: PictureSize;
  /** The size that the network sees them in; `size` by default. */
  readonly inputSize?: PictureSize;
  /** What the pictures are made of; `parameterizations.fourier()` by default. */
  readonly parameterization?: Parameterization;
  /** What happens to pictures before the network sees them, one after the other; `transforms.standard()` by default. */
  readonly transforms?: readonly Transform[];
  /** How the parameters move; `optimizers.adam({ learningRate })` by default. */
  readonly optimizer?: Optimizer;
  /** Of Adam; 0.05 by default. */
  readonly learningRate?: number;
  /** How many steps are made; 256 by default. */
  readonly steps?: number;
  /** After how many steps pictures are kept, 0 for the start; the last by default. */
  readonly snapshots?: readonly number[];
  /** How many pictures are made together for each objective; 1 by default. */
  readonly count?: number;
  /** How many draws of the transforms a step is averaged over; 1 by default. */
  readonly views?: number;
  /** A picture, or pictures `[n, h, w, c]` of 0 to 1, to start from; or an earlier result of the same options, to go on with; noise by default. */
  readonly start?: Picture | NdArray | Visualization;
  /** In how many of the first steps gradients that vanish at dead ReLUs are let through; 16 by default. */
  readonly redirected?: number;
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
  /** Is handed each snapshot as it is made, and the place of its first picture among all; none by default. */
  readonly onSnapshot?: (snapshot: Snapshot, first: number) => void;
}

/** Pictures that a network responds to. */
export interface Visualization {
  /** The pictures after each of `steps`, `[k, n, h, w, c]` of 0 to 1. */
  readonly images: NdArray;
  /** After how many steps the pictures were kept, `[k]`. */
  readonly steps: readonly number[];
  /** The objective of the pictures as they are, without transforms, `[k, n]`. */
  readonly objective: NdArray;
  /** The objective before each step, as the step saw it, `[steps, n]`. */
  readonly curve: NdArray;
  /** Per pixel the sum over all steps of the gradient's magnitude, `[n, h, w, c]`: what the objective cared about. */
  readonly transparency: NdArray;
  /** What the pictures are made of at the end, a list for each objective; a start to go on from. */
  readonly parameters: readonly (readonly NdArray[])[];
  /** What the optimizer remembers at the end, a list for each objective. */
  readonly memory: readonly (readonly NdArray[])[];
  /** How many steps were made in all, those of an earlier result that was gone on with included. */
  readonly made: number;
  /** What went wrong without an error: objectives that no picture excites. */
  readonly warnings: readonly string[];
  readonly seed: number;
}

/** Pictures after some steps. */
export interface Snapshot {
  /** After how many steps. */
  readonly step: number;
  /** `[n, h, w, c]` of 0 to 1. */
  readonly pictures: NdArray;
  /** The objective of the pictures as they are, without transforms, `[n]`. */
  readonly objective: Float32Array;
}
