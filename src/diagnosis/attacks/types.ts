import type { NdArray } from '../../numeric/ndarray.ts';
import type { Norm } from './field/attackOptions.ts';

/** How large changes are, one number for each example. */
export interface ChangeLengths {
  /** How many numbers differ. */
  readonly l0: Float32Array;
  readonly l1: Float32Array;
  readonly l2: Float32Array;
  readonly linf: Float32Array;
}

/** What an attack found: plain data. */
export interface Adversarial {
  readonly method: string;
  /** The changed examples in the shape of the input, `[n, …]`. One that was wrong before stays as it is. */
  readonly adversarial: NdArray;
  /** Whether the stored 32-bit numbers, run once more, reach the aim. */
  readonly success: readonly boolean[];
  /** Whether the aim was reached without any change. */
  readonly initial: readonly boolean[];
  /** Whether the aim is still reached once each number is rounded to one of the 256 shades of a pixel. */
  readonly rounded: readonly boolean[];
  /** The class that each example was taken to be. */
  readonly label: Int32Array;
  /** The class that each was to become; `null` where any other did. */
  readonly goal: Int32Array | null;
  /** The predicted classes. */
  readonly classes: { readonly before: Int32Array; readonly after: Int32Array };
  /** How probable the class `label` is to the model, by a softmax of its scores. */
  readonly confidence: { readonly before: Float32Array; readonly after: Float32Array };
  readonly norm: Norm;
  /** The length of each change in that norm, in the numbers of the model. */
  readonly distance: Float32Array;
  readonly distances: ChangeLengths;
  /** How many forward passes each example took. */
  readonly queries: Float64Array;
  /** How many backward passes each example took. */
  readonly gradients: Float64Array;
  /**
   * The loss of each example at the start and after each step, `[steps + 1, n]`, of attacks that climb one within a budget;
   * NaN where no step was made. Of several runs it is that of the one whose result was kept.
   */
  readonly history?: NdArray;
}
