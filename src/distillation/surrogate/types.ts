/** A node of a surrogate tree. */
export interface SurrogateNode {
  /** The mean output of its examples, or the share of each class. */
  readonly value: number | readonly number[];
  /** How many examples it has. */
  readonly count: number;
  /** What is asked: whether this feature is at most the threshold, then `left`. None of these in a leaf. */
  readonly feature?: number;
  readonly threshold?: number;
  readonly left?: SurrogateNode;
  readonly right?: SurrogateNode;
}

/** How faithful a surrogate is to what it explains. */
export interface Fidelity {
  /** $1 - \mathrm{SSE}/\mathrm{SST}$ against the outputs, of classes against their indicators; `null` where they do not differ. */
  readonly r2: number | null;
  /** The share of examples on which both decide alike: the same class, of scores the same side of 0 (of several the greatest). */
  readonly agreement: number;
}

/** A tree of questions that stands for a network. */
export interface SurrogateTree {
  readonly kind: 'surrogate';
  readonly task: 'regression' | 'classification';
  readonly features: number;
  readonly root: SurrogateNode;
  /** On the examples it was fitted to, which says little, and on those held out. */
  readonly fidelity: { readonly training: Fidelity; readonly heldOut?: Fidelity };
}
