import type { GraphStep, OperationGraph } from '../graph/graph.ts';
import type { FusedActivation, Operation } from '../graph/operation.ts';
import { gradientRule, type Rule } from '../walk/composite.ts';

/** A step as it is run: perhaps a convolution with its batch normalisation folded in and its ReLU fused. */
export interface PlannedStep {
  readonly operation: Operation;
  readonly rule: Rule;
  /** The ReLU computed together with the operation, and its rule. */
  readonly activation?: { readonly operation: Operation; readonly rule: Rule };
  readonly inputs: readonly number[];
  readonly output: number;
}

/** What decides which steps may be joined. */
export interface PlanRequest {
  /** Values that must exist as tensors: taps, edits, cuts, ends of the backward walk. */
  readonly needed: ReadonlySet<number>;
  readonly rule: (operation: Operation, step: number) => Rule;
  readonly edit: (operation: Operation) => Operation;
}

/**
 * Joins what nobody needs to see apart: an affine map (batch normalisation) is folded into the linear operation
 * before it, or into the one after it that pads nothing, and a ReLU is fused with the operation before it unless a rule
 * wants what lies between. An activation written as a product, such as v · sigmoid(v), is one to rules for activations, and
 * a layer normalisation written in pieces is one to its rule.
 */
export function plan(graph: OperationGraph, { needed, rule, edit }: PlanRequest): readonly PlannedStep[] {
  const consumers = countConsumers(graph);
  const inner = (value: number, readers = 1): boolean => consumers[value] === readers && !needed.has(value);
  const planned = new Map<number, PlannedStep>();
  (graph.joined?.(graph, { inner, rule }) ?? graph.steps).forEach((step, i) => {
    if (!step) return;
    const operation = edit(step.operation);
    const before = planned.get(step.inputs[0] as number);
    const joined = before && inner(before.output) && join(before, operation, { step, rule: rule(operation, i) });
    if (joined) planned.delete(before.output);
    const { inputs, output } = step;
    planned.set(output, joined || { operation, rule: rule(operation, i), inputs, output });
  });
  return [...planned.values()];
}

/** Plans of a graph by the values that must exist, for walks that exchange neither rules nor weights. */
export type KeptPlans = (needed: ReadonlySet<number>, make: () => readonly PlannedStep[]) => readonly PlannedStep[];

/** How many plans are kept of a network: a few functions ask for a few layers. */
const MOST_PLANS = 16;

/** Keeps the plans that were asked for last: to make one again takes as long as a layer. */
export function keptPlans(): KeptPlans {
  const plans = new Map<string, readonly PlannedStep[]>();
  return (needed, make) => {
    const key = [...needed].sort((a, b) => a - b).join();
    const steps = plans.get(key) ?? make();
    plans.delete(key);
    plans.set(key, steps);
    const [oldest] = plans.keys();
    if (plans.size > MOST_PLANS && oldest !== undefined) plans.delete(oldest);
    return steps;
  };
}

function join(
  before: PlannedStep,
  operation: Operation,
  { step, rule }: { step: GraphStep; rule: Rule },
): PlannedStep | undefined {
  const { output } = step;
  if (before.activation) return undefined;
  if (operation.kind === 'affine') {
    if (!mayMerge(rule, before.rule)) return undefined;
    return before.operation.absorb && { ...before, operation: before.operation.absorb(operation), output };
  }
  if (before.operation.kind === 'affine' && operation.absorbInput) {
    if (!mayMerge(before.rule, rule) || rule.range) return undefined;
    return { ...before, operation: operation.absorbInput(before.operation), rule, output };
  }
  if (operation.kind !== 'relu') return undefined;
  const activation: FusedActivation = { ceiling: operation.ceiling };
  const apart = wants(rule, 'inputs') || wants(before.rule, 'output') || !before.operation.fuses?.(activation);
  return apart ? undefined : { ...before, activation: { operation, rule }, output };
}

/** One rule decides for both: that of the linear operation, unless the affine map has a rule of its own. */
function mayMerge(ofAffine: Rule, ofLinear: Rule): boolean {
  return ofAffine === gradientRule || ofAffine === ofLinear || ofAffine.yields === true;
}

function wants(rule: Rule, need: Rule['needs'][number]): boolean {
  return rule.needs.includes(need) || rule.needs.includes('state') || rule.needs.includes('reference');
}

function countConsumers({ steps, heads, valueCount }: OperationGraph): number[] {
  const counts = new Array<number>(valueCount).fill(0);
  for (const { inputs } of steps) for (const value of inputs) counts[value] = (counts[value] as number) + 1;
  for (const { site } of heads) counts[site.value] = (counts[site.value] as number) + 1;
  return counts;
}
