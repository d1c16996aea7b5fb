import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { RuleIo } from '../../../network/composite.ts';
import type { Operation, Parameters } from '../../../network/operation.ts';
import { signSplit } from '../../../network/signSplit.ts';
import type { Term } from './distribution.ts';

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
function biasPart({ parameters, derive }: Operation, sign: Sign): Parameters {
  if (!parameters['bias'] || !derive) return {};
  return { bias: derive(sign, (bias) => partOf(bias, sign), 'bias') };
}

/** max(x, 0) or min(x, 0). */
export function partOf(x: Tensor, sign: Sign): Tensor {
  // The difference is exact; wasm has no fast kernel for the minimum with a number.
  return sign === 'positive' ? tf.relu(x) : tf.sub(x, tf.relu(x));
}
