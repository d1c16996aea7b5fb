import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { stabilisedQuotient } from '../../../backend/kernels/elementwise.ts';
import type { Io, Operation, Parameters } from '../../../network/operation.ts';

/** What keeps denominators away from zero where a rule says nothing else. */
export const STABILISER = 1e-6;

/** A part of the input and the weights that it meets in a rule. */
export interface Term {
  readonly input: Tensor;
  readonly weights: Parameters;
}

/** Relevance on its way back: how it is divided at the output, and the terms among which. */
export interface Flow {
  readonly terms: readonly Term[];
  readonly quotient: (relevance: Tensor) => Tensor;
}

/** R_i = Σ a_i ⊙ wᵀ(quotient of R) over all terms of all flows. */
export function distribution(operation: Operation, io: Io, flows: readonly Flow[]): (relevance: Tensor) => Tensor {
  const back = (quotient: Tensor, weights: Parameters): Tensor =>
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
