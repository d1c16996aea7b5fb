import type { NdArray, Picture } from 'vitrine';
import type { Lite0 } from '../network.ts';

/** What the sections of the page are made of. */
export interface World extends Lite0 {
  readonly photos: readonly Picture[];
  /** Natural images, one example each. */
  readonly images: readonly NdArray[];
  /** Where pictures and pages of their own go. */
  readonly folder: string;
}
