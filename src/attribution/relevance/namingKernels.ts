import type { Graph } from '../../network/graph/graph.ts';
import type { Operation } from '../../network/graph/operation.ts';
import { type Composite, hasAddress, type Matcher } from '../../network/walk/composite.ts';

/**
 * The same composite, where an address means what its layer does with a kernel, if it has one: a rule for a convolution
 * is none for the activation that the same layer applies to it.
 */
export function namingKernels(composite: Composite, { steps }: Graph): Composite {
  const withKernel = new Set(steps.flatMap(({ operation }) => (operation.linear ? operation.address : [])));
  const named = (matcher: Matcher): Matcher => {
    if (typeof matcher !== 'object' || !('address' in matcher)) return matcher;
    return (operation: Operation) =>
      hasAddress(operation, matcher.address) && (operation.linear || !withKernel.has(operation.address));
  };
  return composite.map(([matcher, rule]) => [named(matcher), rule]);
}
