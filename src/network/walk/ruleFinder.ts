import type { GraphStep, OperationGraph, Site } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import { assertAddresses, assertComposite } from './assertComposite.ts';
import { type Composite, gradientRule, hasAddress, type Matcher, type Rule } from './composite.ts';

/** Finds the rule of each step of a graph. */
export function ruleFinder(graph: OperationGraph, composite: Composite): (operation: Operation, step: number) => Rule {
  assertComposite('composite', composite);
  if (composite.length === 0) return () => gradientRule;
  assertAddresses('composite', composite, graph);
  const ends = {
    first: nearestLinear(graph, graph.inputs, 'forward'),
    last: nearestLinear(
      graph,
      graph.heads.map(({ site }) => site),
      'backward',
    ),
  };
  return (operation, step) =>
    composite.find(([matcher]) => matches(matcher, operation, (position) => ends[position].has(step)))?.[1] ??
    gradientRule;
}

function matches(matcher: Matcher, operation: Operation, isAt: (position: 'first' | 'last') => boolean): boolean {
  if (typeof matcher === 'string') return matcher === operation.kind;
  if (typeof matcher === 'function') return matcher(operation);
  if ('position' in matcher) return isAt(matcher.position);
  if ('address' in matcher) return hasAddress(operation, matcher.address);
  return matcher.includes(operation.kind);
}

/** The places of the linear steps with no other linear step between them and some sites, after or before those. */
export function nearestLinear(
  { steps }: OperationGraph,
  sites: readonly Pick<Site, 'value'>[],
  direction: 'forward' | 'backward',
): ReadonlySet<number> {
  const found = new Set<number>();
  const reached = new Set(sites.map(({ value }) => value));
  const order = steps.map((_, i) => (direction === 'forward' ? i : steps.length - 1 - i));
  for (const i of order) {
    const { operation, inputs: read, output } = steps[i] as GraphStep;
    const [near, far] = direction === 'forward' ? [read, [output]] : [[output], read];
    if (!near.some((value) => reached.has(value))) continue;
    if (operation.linear) found.add(i);
    else far.forEach((value) => reached.add(value));
  }
  return found;
}
