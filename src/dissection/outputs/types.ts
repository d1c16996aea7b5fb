import type { NdArray } from '../../numeric/ndarray.ts';
import type { Direction } from '../../scoring/types.ts';

/** A class or an image, and its value. */
export interface OutputExtreme {
  /** The place of the class in the output, or of the image in the data set. */
  readonly index: number;
  readonly value: number;
}

/** The greatest values, the greatest first, and the least ones, the least first. */
export interface OutputExtremes {
  readonly top: readonly OutputExtreme[];
  readonly bottom: readonly OutputExtreme[];
}

/** A direction among the classes of an output. */
export interface OutputComponent {
  /** Of unit length, `[classes]`; turned so that far images lie on its positive side rather than on the other. */
  readonly direction: Float64Array;
  /** The variance of the images' outputs along it. */
  readonly variance: number;
  /** The excess kurtosis of the outputs along it: 0 for normal numbers, more where few images stand out. */
  readonly kurtosis: number;
  /** The classes of its greatest and least weights. */
  readonly classes: OutputExtremes;
  /** The images whose outputs, less their mean, lie furthest to either side. */
  readonly images: OutputExtremes;
}

/** What a model's outputs vary with. */
export interface OutputComponents {
  /** The mean output, `[classes]`. */
  readonly mean: Float64Array;
  /** The variances along all principal directions, the greatest first, `[classes]`. */
  readonly variances: Float64Array;
  /** Those of the greatest variance, uncorrelated and orthogonal. */
  readonly principal: readonly OutputComponent[];
  /** As independent of each other as can be, of the greatest |kurtosis| first. */
  readonly independent: readonly OutputComponent[];
  /** The directions of `independent`, among the logits or the probabilities that were looked at. */
  readonly directions: readonly Direction[];
  /** Where each class would lie in the independent components if it were certain, $W (e_c - \mu)$, `[classes, components]`. */
  readonly classEmbeddings: NdArray<Float64Array>;
  /** Whether the search for independent components came to rest. */
  readonly converged: boolean;
}
