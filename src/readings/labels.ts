import type { Input } from '../network/types.ts';
import type { NdArray } from '../numeric/ndarray.ts';

/** What is where in an image. */
export interface Labels {
  /** The numbers of concepts, `[planes, h, w]`; 0 where nothing is labelled. Planes may say several things of a pixel. */
  readonly planes: NdArray<Int32Array | Uint16Array>;
  /** The numbers of concepts of the whole image; 0 is ignored. */
  readonly scalars?: readonly number[];
}

/** An image with its labels. */
export interface LabelledImage extends Labels {
  /** One example, as the model takes it. */
  readonly image: Input;
  /** How messages call the image. */
  readonly name?: string;
}

/** The activations of an image, with the labels of the image. */
export interface LabelledActivations extends Labels {
  /** `[h, w, units]`. */
  readonly activations: NdArray;
  /** How messages call the image. */
  readonly name?: string;
}
