/** The nodes of one filter, and what their neighbours in the layer above say of each image. */
export interface Mixture {
  /** $\mu_V$ in pixels, `[nodes, 2]`. */
  readonly positions: Float64Array;
  /** $\bar\sigma_V^2$ in square pixels. */
  readonly variances: Float64Array;
  /** How far the neighbours have moved on each image, in pixels, `[nodes, images, 2]`; nowhere by default. */
  readonly shifts?: Float64Array;
  /** $\Lambda$ of each node on each image, `[nodes, images]`; 1 by default. */
  readonly weights?: Float64Array;
  /** The density of what no node explains, per square pixel. */
  readonly noneDensity: number;
}
