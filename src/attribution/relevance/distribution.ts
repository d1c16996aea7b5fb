import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { stabilisedQuotient } from '../../backend/kernels/elementwise.ts';
import type { Operation, OperationIo, OperationParameters } from '../../network/graph/operation.ts';
import type { Rule, RuleIo } from '../../network/walk/composite.ts';
import { signSplit } from '../../network/walk/signSplit.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** What keeps denominators away from zero where a rule says nothing else. */
export const STABILISER = 1e-6;

/** A part of the input and the weights that it meets in a rule. */
export interface Term {
  readonly input: Tensor;
  readonly weights: OperationParameters;
}

/** Relevance on its way back: how it is divided at the output, and the terms among which. */
export interface Flow {
  readonly terms: readonly Term[];
  readonly quotient: (relevance: Tensor) => Tensor;
}

/** R_i = Σ a_i ⊙ wᵀ(quotient of R) over all terms of all flows. */
export function distribution(
  operation: Operation,
  io: OperationIo,
  flows: readonly Flow[],
): (relevance: Tensor) => Tensor {
  const back = (quotient: Tensor, weights: OperationParameters): Tensor =>
    operation.pullback(quotient, io, weights)[0] as Tensor;
  const inputs = new Set(flows.flatMap(({ terms }) => terms.map(({ input }) => input)));
  return (relevance) => {
    const quotients = flows.map(({ quotient }) => quotient(relevance));
    const arriving = (part: Tensor): readonly Tensor[] =>
      flows.flatMap(({ terms }, i) =>
        terms.flatMap(({ input, weights }) => (input === part ? back(quotients[i] as Tensor, weights) : [])),
      );
    return sum([...inputs].map((input) => tf.mul(input, sum(arriving(input)))));
  };
}

/** The flow of a share of relevance in proportion to what the terms give to their sum z: R / (z + ε·sign z). */
export function inProportion(terms: readonly Term[], z: Tensor, share = 1): Flow {
  return { terms, quotient: (relevance) => stabilisedQuotient(relevance, z, STABILISER, share) };
}

/** z = Σ w·a over terms. */
export function sumOf(operation: Operation, terms: readonly Term[]): Tensor {
  return sum(terms.map(({ input, weights }) => operation.forward([input], weights)));
}

function sum(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((total, tensor) => tf.add(total, tensor));
}

/** R_i = x_i ⊙ Σ_j ∂z_j/∂x_i · R_j / z_j for whatever is linear in its inputs, with a quotient of its own. */
export function proportional(name: string, quotient: (relevance: Tensor, z: Tensor) => Tensor): Rule {
  return {
    name,
    needs: ['inputs', 'output'],
    backward: (operation, io, streams) => {
      const perStream = streams.map((relevance) => operation.pullback(quotient(relevance, io.output), io));
      return io.inputs.map((input, i) => perStream.map((backs) => tf.mul(input, backs[i] as Tensor)));
    },
  };
}

/** A rule in which every input counts as 1, of weights made from the kernel and perhaps from the bias. */
export function unweighted(
  name: string,
  ofKernel: (kernel: Tensor) => Tensor,
  ofBias?: (bias: Tensor) => Tensor,
): Rule {
  return {
    name,
    needs: [],
    backward: (operation, io, streams) => {
      const { bias } = operation.parameters;
      const weights = derivedWeights(operation, name, ofKernel);
      const input = tf.ones([1, ...(io.inputShapes[0] as number[]).slice(1)]);
      const terms = [{ input, weights: bias && ofBias ? { ...weights, bias: ofBias(bias) } : weights }];
      return [streams.map(distribution(operation, io, [inProportion(terms, sumOf(operation, terms))]))];
    },
  };
}

/** Which of two signs. */
export type Sign = 'positive' | 'negative';

/** An input or the part of it that has a sign. */
export interface SignedPart {
  readonly input: Tensor;
  readonly sign: Sign;
}

/** The positive and the negative part of an input; of one that is never negative the first alone. */
export function signedParts({ inputs, nonNegative }: Pick<RuleIo, 'inputs' | 'nonNegative'>): readonly SignedPart[] {
  const input = inputs[0] as Tensor;
  if (nonNegative[0]) return [{ input, sign: 'positive' }];
  return (['positive', 'negative'] as const).map((sign) => ({ input: partOf(input, sign), sign }));
}

/** What speaks for an output, a⁺W⁺ + a⁻W⁻ + b⁺, or against it, a⁺W⁻ + a⁻W⁺ + b⁻. */
export function signedTerms(operation: Operation, parts: readonly SignedPart[], sign: Sign): readonly Term[] {
  const kernels = signSplit(operation);
  return parts.map((part, i) => {
    const weights = part.sign === sign ? kernels.positive : kernels.negative;
    return { input: part.input, weights: i === 0 ? { ...weights, ...biasPart(operation, sign) } : weights };
  });
}

/** The part of the bias that has a sign. It is kept: with a new bias tensor wasm packs the weights anew. */
function biasPart({ parameters, derive }: Operation, sign: Sign): OperationParameters {
  if (!parameters['bias'] || !derive) return {};
  return { bias: derive(sign, (bias) => partOf(bias, sign), 'bias') };
}

/** max(x, 0) or min(x, 0). */
export function partOf(x: Tensor, sign: Sign): Tensor {
  // The difference is exact; wasm has no fast kernel for the minimum with a number.
  return sign === 'positive' ? tf.relu(x) : tf.sub(x, tf.relu(x));
}

/** The weights of a linear operation with a kernel made from its own, which is kept, and no bias. */
export function derivedWeights(
  { address, kind, derive }: Operation,
  name: string,
  make: (kernel: Tensor) => Tensor,
): OperationParameters {
  if (!derive)
    throw new VitrineError(
      'unsupported-layer',
      `layer "${address}" is ${kind} and has no kernel; expected a convolution or a dense layer`,
    );
  return { kernel: derive(name, make) };
}
