import type { Composite, Rule } from '../../../network/composite.ts';
import type { Operation, OperationKind } from '../../../network/operation.ts';
import { activationKinds, kernelKinds, movingKinds, summingKinds } from '../../../network/operationKinds.ts';
import { linearRule } from './linearRule.ts';
import { passedOn } from './passedOn.ts';
import { restarted } from './restarted.ts';
import { revealCancelActivation } from './revealCancelActivation.ts';

/**
 * The rules of RevealCancel at some operations, and at all others rules for whole differences. Those come into play too
 * where the paper defines nothing, for maxima and products.
 */
export function revealCancel(others: Composite, isAt: (operation: Operation) => boolean = () => true): Composite {
  const among = (kinds: readonly OperationKind[], rule: Rule): Composite[number] => [
    (operation) => kinds.includes(operation.kind) && isAt(operation),
    rule,
  ];
  return [
    among([...kernelKinds, 'affine'], linearRule),
    among([...movingKinds, ...summingKinds], passedOn),
    among(activationKinds, revealCancelActivation),
    ...lifted(others),
  ];
}

/** The same rules among rules for contributions. */
export function lifted(composite: Composite): Composite {
  return composite.map(([matcher, rule]) => [matcher, restarted(rule)]);
}
