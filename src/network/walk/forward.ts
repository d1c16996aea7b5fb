import type { Tensor, TensorContainer } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { activated } from '../../backend/kernels/elementwise.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, callback, kind, type OptionChecks, object } from '../../numeric/options.ts';
import type { OperationGraph, Site } from '../graph/graph.ts';
import type { Operation, OperationParameters } from '../graph/operation.ts';
import { type KeptPlans, type PlannedStep, plan } from '../plan/plan.ts';
import { backward } from './backward.ts';
import type { Composite, RuleIo } from './composite.ts';
import { nonNegativeValues } from './nonNegativeValues.ts';
import type { ForwardRecord } from './record.ts';
import { ruleFinder } from './ruleFinder.ts';

/** What a forward walk keeps, replaces and starts from. */
export interface ForwardOptions {
  /** The values to return; the walk stops at the deepest. The model's outputs by default. */
  readonly taps?: readonly Site[];
  /** Replaces layer outputs (ablation, patching). Nothing flows back through a replaced output. */
  readonly edits?: ReadonlyMap<Site, (value: Tensor) => Tensor>;
  /** Replaces weights, without touching the model; `undefined` leaves an operation as it is. */
  readonly parameters?: (operation: Operation) => OperationParameters | undefined;
  /** Values to start from in place of the inputs: a cut anywhere. They stay the caller's. */
  readonly from?: ReadonlyMap<Site, Tensor>;
  /** Where backward walks will end and by which rules; without it nothing is kept for them. */
  readonly differentiate?: { readonly to: readonly Site[]; readonly composite?: Composite };
}

/**
 * Runs a graph. Each intermediate is freed with its last consumer unless it is tapped or a backward walk needs it.
 * The tensors of the record belong to the enclosing `tf.tidy`, or to who disposes the record.
 */
export function forward(
  graph: OperationGraph,
  inputs: readonly Tensor[],
  options: ForwardOptions,
  plans?: KeptPlans,
): ForwardRecord {
  assertOptions(options, checks);
  const { edits = new Map(), differentiate } = options;
  const { taps, fed, steps } = prepared(graph, inputs, options, plans);
  const ends = differentiate?.to ?? [];
  const path = differentiate ? influencedBy(steps, ends, edits) : new Set<PlannedStep>();
  const kept = keptValues(path, [...taps, ...ends]);
  const nonNegative = nonNegativeValues(steps, edits);
  const walked = walk(steps, { fed, kept, edits, path, nonNegative });
  return {
    trace: { steps: [...path], ...walked, nonNegative },
    value(site) {
      const tensor = walked.values.get(site.value);
      if (!tensor)
        throw new VitrineError(
          'bad-argument',
          `layer "${site.address}" was not kept by this forward walk; name it in "taps"`,
        );
      return tensor;
    },
    backward(seeds, backwardOptions) {
      return backward(this.trace, seeds, backwardOptions);
    },
    dispose() {
      walked.values.forEach((tensor, value) => {
        if (!fed.has(value)) tensor.dispose();
      });
      tf.dispose([...walked.states.values()] as TensorContainer[]);
    },
  };
}

/** Tensors by the number of the value. */
export type Values = ReadonlyMap<number, Tensor>;

/** The steps of a walk, what it starts from, and what it is to give. */
export function prepared(
  graph: OperationGraph,
  inputs: readonly Tensor[],
  options: ForwardOptions,
  plans?: KeptPlans,
): { readonly taps: readonly Site[]; readonly fed: Values; readonly steps: readonly PlannedStep[] } {
  const { taps = graph.heads.map(({ site }) => site) } = options;
  const fed = feeds(graph, inputs, options.from);
  const steps = upTo(planSteps(graph, { ...options, taps, fed }, plans), taps, fed);
  assertFed(steps, fed, graph);
  return { taps, fed, steps };
}

const checks: OptionChecks<ForwardOptions> = {
  taps: kind('a list of sites', Array.isArray),
  edits: object,
  parameters: callback,
  from: object,
  differentiate: object,
};

function feeds(graph: OperationGraph, inputs: readonly Tensor[], from: ForwardOptions['from']): Values {
  assertTensors(inputs, graph);
  const given = inputs.map((tensor, i): [number, Tensor] => [(graph.inputs[i] as Site).value, tensor]);
  const cuts = [...(from ?? [])].map(([{ value }, tensor]): [number, Tensor] => [value, tensor]);
  return new Map([...given, ...cuts]);
}

function assertTensors(inputs: unknown, graph: OperationGraph): void {
  const most = graph.inputs.length;
  if (!Array.isArray(inputs) || inputs.length > most) {
    throw new VitrineError('bad-argument', `"inputs" expected a list of ${most} tensors, got ${describe(inputs)}`);
  }
  const wrong = inputs.find((tensor) => typeof tensor !== 'object' || tensor === null || !('dataId' in tensor));
  if (inputs.includes(wrong))
    throw new VitrineError('bad-argument', `"inputs" expected tensors, got ${describe(wrong)}`);
}

function planSteps(
  graph: OperationGraph,
  { taps, fed, edits, parameters, differentiate }: ForwardOptions & { taps: readonly Site[]; fed: Values },
  plans?: KeptPlans,
): readonly PlannedStep[] {
  const { to = [], composite = [] } = differentiate ?? {};
  const sites = [...taps, ...to, ...(edits?.keys() ?? [])];
  const needed = new Set([...sites.map(({ value }) => value), ...fed.keys()]);
  const make = (): readonly PlannedStep[] =>
    plan(graph, {
      needed,
      rule: ruleFinder(graph, composite),
      edit: (operation) => {
        const replacement = parameters?.(operation);
        return replacement ? operation.withParameters(() => replacement) : operation;
      },
    });
  return plans && !parameters && composite.length === 0 ? plans(needed, make) : make();
}

interface Walked {
  readonly values: Map<number, Tensor>;
  readonly shapes: Map<number, readonly number[]>;
  readonly states: Map<PlannedStep, unknown>;
}

/** What a walk starts from, keeps and replaces. */
export interface WalkOptions {
  readonly fed: Values;
  readonly kept: ReadonlySet<number>;
  readonly edits: NonNullable<ForwardOptions['edits']>;
  /** The steps that a backward walk can pass, whose rules may make the output themselves. */
  readonly path?: ReadonlySet<PlannedStep>;
  readonly nonNegative?: ReadonlySet<number>;
}

/** Runs steps and keeps what is asked for. */
export function walk(
  steps: readonly PlannedStep[],
  { fed, kept, edits, path = new Set(), nonNegative = new Set() }: WalkOptions,
): Walked {
  const values = new Map(fed);
  const shapes = new Map([...fed].map(([value, { shape }]): [number, readonly number[]] => [value, shape]));
  const states = new Map<PlannedStep, unknown>();
  const replacements = new Map([...edits].map(([{ value }, replace]) => [value, replace]));
  const uses = countUses(steps);

  const release = (value: number): void => {
    const left = (uses.get(value) ?? 0) - 1;
    uses.set(value, left);
    if (left > 0 || kept.has(value) || fed.has(value)) return;
    values.get(value)?.dispose();
    values.delete(value);
  };

  tf.tidy(() => {
    for (const step of steps) {
      const inputs = step.inputs.map((value) => values.get(value) as Tensor);
      const parts = path.has(step) ? computed(step, inputs, nonNegative) : undefined;
      if (parts) states.set(step, parts.state);
      const made = parts?.output ?? run(step, inputs);
      const replace = replacements.get(step.output);
      const output = replace ? replaced(made, replace) : made;
      values.set(step.output, output);
      shapes.set(step.output, output.shape);
      step.inputs.forEach(release);
    }
    const made = [...values].flatMap(([value, tensor]) => (fed.has(value) ? [] : tensor));
    return [...made, ...states.values()] as TensorContainer[];
  });
  return { values, shapes, states };
}

/** The output as the rule of a step makes it, and the state that the rule keeps; none where it leaves it to the step. */
function computed(
  { operation, rule, activation, inputs: read }: PlannedStep,
  inputs: readonly Tensor[],
  nonNegative: ReadonlySet<number>,
): { readonly output: Tensor; readonly state: unknown } | undefined {
  if (!rule.compute) return undefined;
  const io = {
    inputs: inputs as RuleIo['inputs'],
    inputShapes: inputs.map(({ shape }) => shape),
    nonNegative: read.map((value) => nonNegative.has(value)),
  };
  return tf.tidy(() => {
    const made = rule.compute?.(operation, io) as { output: Tensor; state: TensorContainer };
    const output = activated(made.output, activation && { ceiling: activation.operation.ceiling });
    return { output, state: made.state };
  });
}

function run({ operation, activation }: PlannedStep, inputs: readonly Tensor[]): Tensor {
  return tf.tidy(() => operation.forward(inputs, undefined, activation && { ceiling: activation.operation.ceiling }));
}

function replaced(value: Tensor, replace: (value: Tensor) => Tensor): Tensor {
  const output = tf.tidy(() => tf.clone(replace(value)));
  value.dispose();
  return output;
}

/** The steps that the taps depend on, given what is fed. */
function upTo(steps: readonly PlannedStep[], taps: readonly Site[], fed: Values): readonly PlannedStep[] {
  const wanted = new Set(taps.map(({ value }) => value));
  const used = [...steps].reverse().filter(({ inputs, output }) => {
    if (!wanted.has(output) || fed.has(output)) return false;
    inputs.forEach((value) => wanted.add(value));
    return true;
  });
  return used.reverse();
}

function assertFed(steps: readonly PlannedStep[], fed: Values, graph: OperationGraph): void {
  const made = new Set(steps.map(({ output }) => output));
  const missing = steps.flatMap(({ inputs }) => inputs).find((value) => !made.has(value) && !fed.has(value));
  if (missing === undefined) return;
  const address = graph.inputs.find(({ value }) => value === missing)?.address;
  throw new VitrineError(
    'bad-argument',
    `no value for input "${address}": give it, or start from layers that need it no more`,
  );
}

/** The steps through which sites act on what comes after. */
export function influencedBy(
  steps: readonly PlannedStep[],
  ends: readonly Site[],
  edits: NonNullable<ForwardOptions['edits']>,
): ReadonlySet<PlannedStep> {
  const influenced = new Set(ends.map(({ value }) => value));
  const cut = new Set([...edits.keys()].map(({ value }) => value));
  return new Set(
    steps.filter(({ inputs, output }) => {
      const reached = !cut.has(output) && inputs.some((value) => influenced.has(value));
      if (reached) influenced.add(output);
      return reached;
    }),
  );
}

/** The values that the taps and the rules along the path will read. */
function keptValues(path: ReadonlySet<PlannedStep>, sites: readonly Site[]): Set<number> {
  const kept = new Set(sites.map(({ value }) => value));
  for (const { operation, rule, activation, inputs, output } of path) {
    const inner = [...operation.needs, ...rule.needs];
    const outer = activation ? [...activation.operation.needs, ...activation.rule.needs] : inner;
    // A reference run or a state is compared with both ends of an operation.
    if (inner.some((need) => need !== 'output')) inputs.forEach((value) => kept.add(value));
    if (outer.some((need) => need !== 'inputs')) kept.add(output);
  }
  return kept;
}

/** How many steps read each value. */
export function countUses(steps: readonly PlannedStep[]): Map<number, number> {
  const uses = new Map<number, number>();
  for (const { inputs } of steps) for (const value of inputs) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}
