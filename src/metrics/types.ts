import type { MapArray } from '../image/types.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import type { Attribution, Explainer } from '../scoring/types.ts';

/** What a metric returns: plain data. */
export interface MetricResult {
  readonly metric: string;
  /** One number per example; NaN where the metric is not defined for it. */
  readonly score: Float32Array;
  /** What the score sums up, `[n, …]`. */
  readonly curve?: NdArray;
  readonly higherIsBetter: boolean;
}

/**
 * An attribution, or the map of one: a number per position `[n, h, w]` or per element `[n, h, w, c]`, of volumes
 * `[n, d, h, w]` or `[n, d, h, w, c]`. Where nothing else tells, an array of four axes is one of pictures.
 */
export type GivenMap = Attribution | MapArray;

/** The option of metrics that judge a map. */
export interface AttributionOption {
  /**
   * An attribution or its map, signed and in the size of the input: `[n, h, w]`, or `[n, h, w, c]`, whose channels are
   * summed where whole pixels are changed.
   */
  readonly attribution: GivenMap;
  /** Of a model with several inputs, the one that is changed and that the map is of; by default the first image, else the first. */
  readonly input?: number;
}

/** The option of metrics that call a method again. */
export interface ExplainerOption {
  /** Any attribution method; what it needs besides the target is given in a closure. */
  readonly explainer: Explainer;
}
