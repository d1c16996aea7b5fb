import type { Picture } from '../../image/types.ts';
import type { NeuralBackedTree } from '../hierarchy/neuralBackedTree.ts';
import type { GrownTree } from '../rationale/types.ts';
import type { SoftTree } from '../soft/types.ts';
import type { SurrogateTree } from '../surrogate/types.ts';

/** A tree as it is printed and drawn: a node with those below it. */
export interface TreeOutline {
  readonly label: string;
  readonly children: readonly TreeOutline[];
  /** A second line. */
  readonly detail?: string;
  readonly thumbnail?: Picture;
}

/** Any tree of this module. */
export type AnyTree = Omit<GrownTree, 'logLikelihood'> | SoftTree | NeuralBackedTree | SurrogateTree;
