import * as tf from '@tensorflow/tfjs-core';
import type { OperationGraph } from '../../network/graph/graph.ts';
import type { Operation } from '../../network/graph/operation.ts';
import { type Composite, hasAddress, type Matcher, type Rule, type RuleIo } from '../../network/walk/composite.ts';
import type { Session } from '../../scoring/session.ts';
import { assertWithinRanges } from './assertWithinRanges.ts';
import { base } from './base.ts';

/** What rules are made whole for. */
interface RelevanceMethod {
  readonly method: string;
  readonly bias: boolean;
}

/** The rules by which relevance passes back, checked with the inputs that they will meet. */
export async function relevanceRules(
  session: Session,
  chosen: Composite,
  options: RelevanceMethod,
): Promise<Composite> {
  const whole = wholeComposite(session.network.graph, chosen, options);
  await assertWithinRanges(session, whole);
  return whole;
}

/** The rules that were chosen, and for what they leave open those that all composites have in common. */
export function wholeComposite(graph: OperationGraph, chosen: Composite, { method, bias }: RelevanceMethod): Composite {
  const whole = [...namingKernels(chosen, graph), ...base(method)];
  return bias ? whole : unbiased(whole);
}

/**
 * The same composite, where an address means what its layer does with a kernel, if it has one: a rule for a convolution
 * is none for the activation that the same layer applies to it.
 */
function namingKernels(composite: Composite, { steps }: OperationGraph): Composite {
  const withKernel = new Set(steps.flatMap(({ operation }) => (operation.linear ? operation.address : [])));
  const named = (matcher: Matcher): Matcher => {
    if (typeof matcher !== 'object' || !('address' in matcher)) return matcher;
    return (operation: Operation) =>
      hasAddress(operation, matcher.address) && (operation.linear || !withKernel.has(operation.address));
  };
  return composite.map(([matcher, rule]) => [named(matcher), rule]);
}

/**
 * The same rules as if convolutions and dense layers had no biases and batch normalisations no shifts, on the activations
 * that the network has with them.
 */
export function unbiased(composite: Composite): Composite {
  return composite.map(([matcher, rule]) => [matcher, withoutBias(rule)]);
}

function withoutBias(rule: Rule): Rule {
  return {
    ...rule,
    needs: rule.needs.includes('output') ? [...rule.needs, 'inputs'] : rule.needs,
    backward: (operation, io, streams) => {
      const bare = bareOf(operation);
      return bare ? rule.backward(bare, ofBare(io, bare, rule), streams) : rule.backward(operation, io, streams);
    },
  };
}

/** The operation without what it adds to a linear function of its input; none where it adds nothing. */
function bareOf(operation: Operation): Operation | undefined {
  const { bias, shift, beta, ...others } = operation.parameters;
  if ((operation.linear && bias) || (operation.moments && beta)) return operation.withParameters(() => others);
  if (operation.kind !== 'affine' || !shift) return undefined;
  const zeros = tf.zerosLike(shift);
  return operation.withParameters(() => ({ ...others, shift: zeros }));
}

/** What the operation would have seen without its bias. */
function ofBare(io: RuleIo, operation: Operation, rule: Rule): RuleIo {
  const { inputShapes, nonNegative } = io;
  return {
    inputShapes,
    nonNegative,
    get inputs() {
      return io.inputs;
    },
    get output() {
      return operation.forward(io.inputs);
    },
    get reference() {
      return io.reference;
    },
    get state() {
      return rule.compute ? rule.compute(operation, io).state : io.state;
    },
  };
}
