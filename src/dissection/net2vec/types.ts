import type { NdArray } from '../../numeric/ndarray.ts';
import type { Direction } from '../../scoring/types.ts';

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
  /** The units of the largest weights alone, learnt anew, for each of `unitCounts`. */
  readonly restricted: readonly UnitWeights[];
}

/** How concepts are found in the units of a layer. */
export interface Net2Vec {
  /** The activation above which a unit is on, `[units]`. */
  readonly thresholds: Float64Array;
  readonly concepts: readonly ConceptEmbedding[];
  /** The weights of all concepts, `[concepts, units]`. */
  readonly embeddings: NdArray<Float64Array>;
  /** The rows of `embeddings` as directions among the units, whose lengths are those of the weights. */
  readonly directions: readonly Direction[];
  /** The share of concepts that several units find better than one does, by the IoU over held-out images. */
  readonly improved: number;
  /** The concepts that no image to learn from, or none that was held out, has. */
  readonly skipped: readonly string[];
}

/** How well a concept is told from the units of a layer. */
export interface ConceptClassifier {
  readonly concept: string;
  readonly category: string;
  /** The images to learn from, with and without it, that were used, and those that were held out. */
  readonly images: {
    readonly training: { readonly with: number; readonly without: number };
    readonly validation: { readonly with: number; readonly without: number };
  };
  /** The unit of the greatest area under the ROC curve over the images to learn from, and its area over the others. */
  readonly single: { readonly unit: number; readonly trainingAuc: number; readonly auc: number };
  /** All units together. */
  readonly multiple: {
    /** The weight of each unit, `[units]`. */
    readonly weights: Float64Array;
    readonly intercept: number;
    /** The area under the ROC curve over held-out images. */
    readonly auc: number;
    /** The mean of the shares of images with and of images without the concept that are told right. */
    readonly balancedAccuracy: number;
  };
}

/** How well concepts are told from the units of a layer. */
export interface ConceptClassifiers {
  readonly concepts: readonly ConceptClassifier[];
  /** The weights of each concept as a direction among the units. */
  readonly directions: readonly Direction[];
  /** The concepts that all or no images of a part have. */
  readonly skipped: readonly string[];
}
