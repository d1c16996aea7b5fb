import type { NdArray } from '../../numeric/ndarray.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import type { Faults } from '../../readings/faults.ts';
import type { Labels } from '../types.ts';
import type { Upsampling } from './placement.ts';

/** An image of a reading. */
export interface Sample extends Labels {
  /** The place in the data set, from 0. */
  readonly image: number;
  readonly name?: string | undefined;
  /** The activations of each layer, `[h, w, units]`. */
  readonly activations: readonly NdArray[];
}

/** What is read, and how often it can be read again: the same images in the same order each time. */
export interface Readings {
  /** How many images there are, or more. */
  readonly images: number;
  readonly faults: Faults;
  /** Where the positions of each layer lie in the image. */
  readonly upsampling: readonly Upsampling[];
  /** What is long about a visit may be returned as a generator, and is done in slices. */
  read(stage: string, visit: (sample: Sample) => void | Sliced<void>): Promise<void>;
}
