import { assertInteger, assertList } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';

/** How often a pattern stands for one part. */
export interface PatternPurity {
  /** Of each node, 0 to 1. */
  readonly perNode: Float64Array;
  readonly mean: number;
}

/**
 * The share of a pattern's regions that show the same part.
 *
 * $$ \text{purity} = \frac{\max_k \#\{\text{regions that show part } k\}}{\#\text{regions}} $$
 * Regions that show no part count, but are no group of their own.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the evaluation of part purity.
 *
 * @param assignments for each node the part that each of its best regions shows, a number from 0, −1 for none.
 * @returns the purity of each node and the mean over nodes.
 * @throws {VitrineError} if there is no node, a node has no region, or a number is no integer of at least −1.
 * @example
 * ```ts
 * import { patternPurity } from 'vitrine';
 * const { perNode, mean } = patternPurity([[0, 0, 1, 0], [2, -1]]);
 * console.log(perNode, mean); // 0.75 and 0.5, 0.625
 * ```
 */
export function patternPurity(assignments: readonly (readonly number[])[]): PatternPurity {
  assertList('assignments', assignments);
  if (assignments.length === 0)
    throw new VitrineError('bad-argument', '"assignments" expected at least one node, got none');
  const perNode = Float64Array.from(assignments, (parts, node) => {
    assertList(`assignments[${node}]`, parts);
    if (parts.length === 0) {
      throw new VitrineError('bad-argument', `"assignments[${node}]" expected at least one region, got none`);
    }
    return largestGroup(parts, node) / parts.length;
  });
  return { perNode, mean: perNode.reduce((sum, purity) => sum + purity, 0) / perNode.length };
}

function largestGroup(parts: readonly number[], node: number): number {
  const counts = new Map<number, number>();
  for (const part of parts) {
    assertInteger(`assignments[${node}]`, part, [-1, Number.POSITIVE_INFINITY]);
    if (part >= 0) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
