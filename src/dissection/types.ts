import type { NdArray } from '../numeric/ndarray.ts';

/** What a unit may stand for. */
export interface Concept {
  /** The number that stands for the concept in label planes; 0 is kept for "nothing". */
  readonly number: number;
  readonly name: string;
  /** The category it belongs to first of all: object, part, scene, texture, material, color, or any other. */
  readonly category: string;
}

/** A number, in all and by category. */
export interface DetectorCount {
  readonly total: number;
  readonly byCategory: Readonly<Record<string, number>>;
}

/** A concept that a unit finds, and how well. */
export interface ConceptMatch {
  readonly concept: string;
  readonly category: string;
  /** The intersection of mask and concept over their union. */
  readonly iou: number;
  /** What the IoU can be at most with areas of these sizes. */
  readonly ceiling: number;
}

/** What a unit stands for. */
export interface UnitReport {
  readonly unit: number;
  /** The activation above which a pixel belongs to the mask. */
  readonly threshold: number;
  /** The concept of the greatest IoU; `null` where the mask never meets one. */
  readonly best: ConceptMatch | null;
  /** The concept of the greatest IoU of each category in which there is one. */
  readonly byCategory: Readonly<Record<string, ConceptMatch>>;
  /** Whether the greatest IoU is above that of the dissection's `threshold`. */
  readonly detector: boolean;
}

/** What the units of a layer stand for. */
export interface Dissection {
  readonly concepts: readonly Concept[];
  /** As given, or in order of first appearance among the concepts. */
  readonly categories: readonly string[];
  /** The IoU above which a unit is a detector. */
  readonly threshold: number;
  readonly imageCount: number;
  /** The rows and columns of their labels. */
  readonly size: readonly [number, number];
  /** The activation above which a pixel belongs to a unit's mask, `[units]`. */
  readonly thresholds: Float64Array;
  /** The pixels that mask and concept share, `[units, concepts]`. */
  readonly intersection: NdArray<Float64Array>;
  /** The pixels of a unit's mask in all images, `[units]`. */
  readonly mask: Float64Array;
  /** The pixels of a unit's mask in the images that have something of a category, `[units, categories]`. */
  readonly area: NdArray<Float64Array>;
  /** The pixels of a concept, `[concepts]`. */
  readonly truth: Float64Array;
  /** The pixels of the images that have something of a category, `[categories]`. */
  readonly extent: Float64Array;
  /** The intersection over the union, which is area + truth − intersection, `[units, concepts]`. */
  readonly iou: NdArray<Float64Array>;
  readonly units: readonly UnitReport[];
  /** How many units are detectors. */
  readonly detectors: number;
  /**
   * How many concepts are detected: with one concept to a unit (`argmax`), or with one to a unit in each category and
   * the categories summed (`perCategory`, as in the published figures).
   */
  readonly uniqueDetectors: { readonly argmax: DetectorCount; readonly perCategory: DetectorCount };
}
