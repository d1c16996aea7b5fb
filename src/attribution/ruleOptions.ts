import type { OperationGraph } from '../network/graph/graph.ts';
import { assertAddresses, assertComposite } from '../network/walk/assertComposite.ts';
import type { Composite } from '../network/walk/composite.ts';
import type { OptionChecks } from '../numeric/options.ts';

/** The options of methods that pass a signal back by rules. */
export interface RuleOptions {
  /** Which rule is for which operations, in place of the method's own, which are those by default. */
  readonly composite?: Composite;
  /** Rules that come before the composite, for layers that it does not know or to change it; none by default. */
  readonly rules?: Composite;
}

/**
 * The rules that a method goes by; refuses entries that nothing in the network can match.
 *
 * @param between rules of the method that come before any composite.
 */
export function chosenRules(
  { composite, rules = [] }: RuleOptions,
  {
    own,
    graph,
    between = [],
  }: { readonly own: Composite; readonly graph: OperationGraph; readonly between?: Composite },
): Composite {
  assertAddresses('rules', rules, graph);
  assertAddresses('composite', composite ?? [], graph);
  return [...rules, ...between, ...(composite ?? own)];
}

/** Checks of {@link RuleOptions}, as far as they can be told without the network. */
export const ruleChecks: OptionChecks<RuleOptions> = { composite: assertComposite, rules: assertComposite };
