import { type Composite, gradientRule, type Rule } from '../../../network/composite.ts';
import { activationKinds, movingKinds, summingKinds } from '../../../network/operationKinds.ts';
import { refusal } from '../../refusal.ts';
import { epsilon } from '../rules/epsilon.ts';
import { heldVariance } from '../rules/heldVariance.ts';
import { norm } from '../rules/norm.ts';
import { pass } from '../rules/pass.ts';
import { signal } from '../rules/signal.ts';

/**
 * What all composites have in common: everything but convolutions and dense layers. What cannot be told how to divide
 * is refused by name, since a gradient among relevances would say nothing.
 *
 * @param option where the method takes rules from its user.
 */
export function base(method: string, option: string): Composite {
  return [
    [activationKinds, pass()],
    [[...summingKinds, 'subtract', 'averagePool', 'globalAveragePool'], norm()],
    [({ interpolation }) => interpolation === 'bilinear', norm()],
    // To the winner, the first of several.
    [['maxPool', 'globalMaxPool', 'maximum', 'minimum'], gradientRule],
    [movingKinds, gradientRule],
    ['multiply', signal()],
    ['affine', alone(epsilon())],
    [({ moments }) => moments !== undefined, heldVariance],
    [
      () => true,
      refusal(
        method,
        ({ kind, address, layerClass }) => `has no rule for ${kind} in layer "${address}" (${layerClass})`,
        ({ address }) => `put one first in "${option}", for example [{ address: "${address}" }, rules.pass()]`,
      ),
    ],
  ];
}

/** A batch normalisation that is merged with a linear operation goes by the rule of that. */
function alone(rule: Rule): Rule {
  return { ...rule, yields: true };
}
