import type { Tensor, TensorContainer } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addTensors } from '../../backend/kernels/elementwise.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Site } from '../graph/graph.ts';
import type { Operation, OperationIo } from '../graph/operation.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { Rule, RuleIo } from './composite.ts';
import type { BackwardOptions, WalkSeeds, WalkTrace } from './record.ts';

/** Passes signals from the seeds back along the recorded steps, by the rule of each step. */
export function backward(
  trace: WalkTrace,
  seeds: WalkSeeds,
  options: BackwardOptions,
): ReadonlyMap<Site, readonly Tensor[]> {
  const { to, visit, reference, states } = options;
  const signals = new Map<number, readonly Tensor[]>();
  const ends = new Set(to.map(({ value }) => value));
  const visited = new Map((visit?.sites ?? []).map((site) => [site.value, site]));
  const companions = states ? runCompanions(trace, states, reference?.trace) : undefined;

  const arrive = (value: number, streams: readonly Tensor[]): void => {
    const before = signals.get(value);
    signals.set(value, before ? joined(before, streams) : streams);
  };
  const meet = (value: number): void => {
    const site = visited.get(value);
    const streams = signals.get(value);
    if (!site || !streams) return;
    visited.delete(value);
    visit?.call(site, trace.values.get(value), streams);
  };

  const results = tf.tidy(() => {
    seeds.forEach((seed, { value }) =>
      arrive(
        value,
        asStreams(seed).map((stream) => tf.clone(stream)),
      ),
    );
    for (const step of stepsTowards(trace.steps, ends).reverse()) {
      const streams = signals.get(step.output);
      if (!streams) continue;
      meet(step.output);
      const passed = pass(step, streams, {
        trace,
        reference: reference?.trace,
        state: companions?.get(step) ?? trace.states.get(step),
      });
      if (!ends.has(step.output)) {
        free(streams);
        signals.delete(step.output);
      }
      step.inputs.forEach((value, i) => {
        const arrived = passed[i];
        if (arrived?.length) arrive(value, arrived);
      });
    }
    to.forEach(({ value }) => meet(value));
    return to.map((site) => [...(signals.get(site.value) ?? [])]);
  });
  return new Map(to.map((site, i) => [site, results[i] as readonly Tensor[]]));
}

interface Surroundings {
  readonly trace: WalkTrace;
  readonly reference: WalkTrace | undefined;
  readonly state: unknown;
}

/** One step back: first through a fused ReLU, then through the operation itself. */
function pass(step: PlannedStep, streams: readonly Tensor[], around: Surroundings): readonly (readonly Tensor[])[] {
  const { operation, rule, activation } = step;
  if (!activation) return apply(rule, operation, { step, streams, around });
  // What the ReLU read was never made, but it has the shape of what it gave.
  const outer = { ...step, inputs: [step.output] };
  const [inner] = apply(activation.rule, activation.operation, { step: outer, streams, around });
  const passed = apply(rule, operation, { step, streams: inner as readonly Tensor[], around });
  free(inner as readonly Tensor[]);
  return passed;
}

function apply(
  rule: Rule,
  operation: Operation,
  { step, streams, around }: { step: PlannedStep; streams: readonly Tensor[]; around: Surroundings },
): readonly (readonly Tensor[])[] {
  const io = ioOf({ step, rule, operation }, around);
  return tf.tidy(() => rule.backward(operation, io, streams) as Tensor[][]);
}

/** What a rule may read; what it did not ask for is not there, and it is told so. */
function ioOf(
  { step, rule, operation }: { step: PlannedStep; rule: Rule; operation: Operation },
  { trace, reference, state }: Surroundings,
): RuleIo {
  const missing = (need: string): never => {
    throw new VitrineError(
      'unsupported',
      `rule "${rule.name}" reads "${need}" of ${operation.kind} "${operation.address}" without naming it in "needs"`,
    );
  };
  const needs = new Set<string>([...operation.needs, ...rule.needs]);
  // What happens to be there because another operation needs it may be gone, or fused, in another plan.
  const read = <T>(need: 'inputs' | 'output', view: () => T): T =>
    needs.has(need) || needs.has('reference') || needs.has('state') ? view() : missing(need);
  const seen = viewOf(step, trace, missing);
  return {
    inputShapes: seen.inputShapes,
    nonNegative: step.inputs.map((value) => trace.nonNegative.has(value)),
    get inputs(): RuleIo['inputs'] {
      return read('inputs', () => seen.inputs as RuleIo['inputs']);
    },
    get output(): Tensor {
      return read('output', () => seen.output);
    },
    get reference(): OperationIo {
      return reference ? viewOf(step, reference, missing) : missing('reference');
    },
    get state(): unknown {
      return state === undefined ? missing('state') : state;
    },
  };
}

function viewOf(
  { inputs, output }: PlannedStep,
  { values, shapes }: WalkTrace,
  missing: (need: string) => never,
): OperationIo {
  return {
    inputShapes: inputs.map((value) => shapes.get(value) ?? []),
    get inputs() {
      return inputs.map((value) => values.get(value) ?? missing('inputs'));
    },
    get output() {
      return values.get(output) ?? missing('output');
    },
  };
}

/** Runs the forward companions of the rules (RevealCancel's contributions) over the recorded steps. */
function runCompanions(
  trace: WalkTrace,
  start: ReadonlyMap<Site, unknown>,
  reference: WalkTrace | undefined,
): ReadonlyMap<PlannedStep, unknown> {
  const states = new Map<number, unknown>([...start].map(([{ value }, state]) => [value, state]));
  const found = new Map<PlannedStep, unknown>();
  for (const step of trace.steps) {
    const { rule, operation, inputs, output } = step;
    if (!rule.forward) continue;
    const io = ioOf({ step, rule, operation }, { trace, reference, state: undefined });
    const entering = inputs.map((value) => states.get(value));
    const state = tf.tidy(() => rule.forward?.(operation, io, entering) as TensorContainer);
    states.set(output, state);
    found.set(step, state);
  }
  return found;
}

/** The steps that lie on a way to one of the ends. */
function stepsTowards(steps: readonly PlannedStep[], ends: ReadonlySet<number>): PlannedStep[] {
  const leading = new Set(ends);
  return steps.filter(({ inputs, output }) => {
    const leads = inputs.some((value) => leading.has(value));
    if (leads) leading.add(output);
    return leads;
  });
}

function asStreams(seed: Tensor | readonly Tensor[]): readonly Tensor[] {
  return Array.isArray(seed) ? (seed as readonly Tensor[]) : [seed as Tensor];
}

function joined(before: readonly Tensor[], streams: readonly Tensor[]): readonly Tensor[] {
  const sums = before.map((tensor, i) => addTensors(tensor, streams[i] as Tensor));
  free(before);
  free(streams);
  return sums;
}

function free(tensors: readonly Tensor[]): void {
  tensors.forEach((tensor) => tensor.dispose());
}
