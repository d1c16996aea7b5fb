import type { NdArray } from '../../numeric/ndarray.ts';

/** How two attributes should be related: by evidence for both, by evidence for one against the other, or not at all. */
export type Relation = 'positive' | 'negative' | 'unrelated';

/** What was found of two attributes. */
export interface AttributePair {
  /** The places of both among the attributes, the lower first. */
  readonly places: readonly [number, number];
  readonly names: readonly [string, string];
  /** What was expected of them. */
  readonly expected: Relation;
  /** The mean and the standard deviation, over images, of the cosine of what speaks for one and for the other. */
  readonly mean: number;
  readonly deviation: number;
  /** The mean of the same between the one of an image and the other of the next image: what weights that both share make of any two images. */
  readonly chance: number;
  /** How far what was found is from what was expected, in nats: the greater, the more surprising. */
  readonly divergence: number;
}

/** How attributes of a model are related, in its own eyes. */
export interface AttributeRelations {
  readonly layer: string;
  /** Their names. */
  readonly attributes: readonly string[];
  /** How many images were looked at. */
  readonly imageCount: number;
  /** The mean cosine of each two, `[k, k]`. */
  readonly mean: NdArray<Float64Array>;
  /** Its standard deviation over images, `[k, k]`. */
  readonly deviation: NdArray<Float64Array>;
  /** The mean cosine between an image and the next, `[k, k]`. */
  readonly chance: NdArray<Float64Array>;
  /** The divergence from what was expected, `[k, k]`, zeros along the diagonal. */
  readonly divergence: NdArray<Float64Array>;
  /** All pairs, the most surprising first. */
  readonly pairs: readonly AttributePair[];
  /** Those of them that should be unrelated: the first may share evidence that they should not. */
  readonly failureModes: readonly AttributePair[];
  /** Those that should be related: the first may be so in the world and not in the model. */
  readonly blindSpots: readonly AttributePair[];
  /**
   * Where the evidence lies that two attributes share, `[k, k, h, w]`: the mean of $\sum_c |\omega_i \omega_j|$; along the diagonal
   * that of one alone. None of a layer without rows and columns.
   */
  readonly shared?: NdArray<Float64Array>;
}
