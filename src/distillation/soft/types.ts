import type { NdArray } from '../../numeric/ndarray.ts';

/** A complete tree of soft decisions. */
export interface SoftTree {
  readonly kind: 'soft';
  /** How many decisions lead to a leaf, D. */
  readonly depth: number;
  /** β, which multiplies what enters the sigmoids. */
  readonly inverseTemperature: number;
  /** What each inner node looks for, `[2^D − 1, …]` in the shape of the inputs: pictures, of pictures. Breadth first. */
  readonly weights: NdArray<Float64Array>;
  /** `[2^D − 1]`. */
  readonly biases: Float64Array;
  /** φ, whose softmax is each leaf's distribution, `[2^D, k]`, from left to right. */
  readonly leaves: NdArray<Float64Array>;
}
