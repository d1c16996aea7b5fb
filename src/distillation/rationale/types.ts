/** A node of a tree of rationales: one linear model $h(x) = w^T x + b$ for some images. */
export interface RationaleNode {
  /** The images it was grown from, in order. */
  readonly images: readonly number[];
  /** The places of its two children in `nodes`; none of a leaf. */
  readonly children: readonly number[];
  /** w, `[d]`. */
  readonly weights: readonly number[];
  /** α, `[d]`: 1 where a filter is part of the rationale, else 0. */
  readonly selected: readonly number[];
  /** b. */
  readonly bias: number;
}

/** Two nodes that became one. */
export interface TreeMerge {
  /** The images of the new node, in order. */
  readonly images: readonly number[];
  /** $\Delta \log E$, whatever the criterion. */
  readonly gain: number;
}

/** What reading a tree of rationales takes. */
export interface RationaleTree {
  /** The leaves, one for each image, then the merged nodes as they were made. */
  readonly nodes: readonly RationaleNode[];
  /** The children of the root as places in `nodes`, ascending. */
  readonly secondLayer: readonly number[];
}

/** A grown tree of rationales. */
export interface GrownTree extends RationaleTree {
  readonly kind: 'rationale';
  /** γ, one over the mean of outputs. */
  readonly gamma: number;
  /** $\log E$ before and after each merge. */
  readonly logLikelihood: Float64Array;
  readonly merges: readonly TreeMerge[];
}
