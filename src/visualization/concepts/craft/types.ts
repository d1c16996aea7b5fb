import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Direction } from '../../../scoring/types.ts';
import type { Crop } from './cropRows.ts';

/** A crop, and how much of a concept is in it. */
export interface ConceptCrop extends Crop {
  readonly weight: number;
}

/** A part that the activations of crops are made of. */
export interface CraftConcept {
  /** The mean over images of the total Sobol' index: how much of the score's variance needs the concept, if concepts come and go. */
  readonly importance: number;
  /** The crops with most of it, the most first. */
  readonly crops: readonly ConceptCrop[];
}

/** The concepts of images in a layer. */
export interface Craft {
  readonly layer: string;
  /** The most important first. */
  readonly concepts: readonly CraftConcept[];
  /** One for each concept, of unit length. */
  readonly directions: readonly Direction[];
  /** The total Sobol' indices of each image, `[images, concepts]`. */
  readonly indices: NdArray;
  /** Of each image how much of each concept is at each position, `[h, w, concepts]`, in the unit of activations. */
  readonly maps: readonly NdArray[];
  /** The score F(x) of each image. */
  readonly score: Float32Array;
  /** The score where the layer is what its concepts make of it; far from `score`, importances say little. */
  readonly rebuiltScore: Float32Array;
  /** The share of the squared mean activations of crops that the concepts account for. */
  readonly explained: number;
}
