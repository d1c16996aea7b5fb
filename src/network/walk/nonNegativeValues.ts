import type { Site } from '../graph/graph.ts';
import type { OperationKind } from '../graph/operation.ts';
import { movingKinds, summingKinds } from '../graph/operationKinds.ts';
import type { PlannedStep } from '../plan/plan.ts';

/** What these give is never negative. */
const rectifying: readonly OperationKind[] = ['relu', 'sigmoid', 'hardSigmoid', 'softplus', 'softmax'];

/** What these give is never negative where none of their inputs is. */
const preserving: readonly OperationKind[] = [
  ...movingKinds,
  ...summingKinds,
  'maxPool',
  'globalMaxPool',
  'multiply',
  'maximum',
  'minimum',
];

/** The values of a plan that are never negative, whatever it is run on; of replaced ones nothing is known. */
export function nonNegativeValues(
  steps: readonly PlannedStep[],
  replaced: ReadonlyMap<Site, unknown>,
): ReadonlySet<number> {
  const unknown = new Set([...replaced.keys()].map(({ value }) => value));
  const found = new Set<number>();
  for (const { operation, activation, inputs, output } of steps) {
    const { kind } = activation?.operation ?? operation;
    const preserved = preserving.includes(kind) && inputs.every((value) => found.has(value));
    if ((preserved || rectifying.includes(kind)) && !unknown.has(output)) found.add(output);
  }
  return found;
}
