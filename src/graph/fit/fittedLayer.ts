import type { GraphLayer } from '../types.ts';

/** A layer with where its nodes are on the images of the fit. */
export interface FittedLayer {
  readonly layer: GraphLayer;
  /** `[nodes, images, 2]` in pixels. */
  readonly positions: Float64Array;
  /** `[nodes, images]`. */
  readonly scores: Float64Array;
}
