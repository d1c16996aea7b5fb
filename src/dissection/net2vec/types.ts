import type { NdArray } from '../../numeric/ndarray.ts';

/** The one unit whose mask is most like a concept. */
export interface BestUnit {
  readonly unit: number;
  /** The IoU over the images it was chosen with. */
  readonly trainingIou: number;
  /** The IoU over the images that were held out. */
  readonly iou: number;
}

/** The weighted units whose mask is most like a concept. */
export interface UnitWeights {
  /** The units that may have a weight. */
  readonly count: number;
  /** The weight of each unit, `[units]`. */
  readonly weights: Float64Array;
  /** The IoU over the images that the weights were learnt from. */
  readonly trainingIou: number;
  /** The IoU over the images that were held out. */
  readonly iou: number;
}

/** How a concept is found in the units of a layer. */
export interface ConceptEmbedding {
  readonly concept: string;
  readonly category: string;
  /** The images that have it, among those to learn from and those held out. */
  readonly images: { readonly training: number; readonly validation: number };
  readonly single: BestUnit;
  /** All units together; `weights` is the concept's place among the units. */
  readonly multiple: UnitWeights;
  /** The units of the largest weights alone, learnt anew, for each of `counts`. */
  readonly restricted: readonly UnitWeights[];
}

/** How concepts are found in the units of a layer. */
export interface Net2Vec {
  /** The activation above which a unit is on, `[units]`. */
  readonly thresholds: Float64Array;
  readonly concepts: readonly ConceptEmbedding[];
  /** The weights of all concepts, `[concepts, units]`. */
  readonly embeddings: NdArray<Float64Array>;
  /** The share of concepts that several units find better than one does, by the IoU over held-out images. */
  readonly improved: number;
  /** The concepts that no image to learn from, or none that was held out, has. */
  readonly skipped: readonly string[];
}
