import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { AppliedFunction, Operation } from '../graph/operation.ts';
import { affine } from '../operations/affine.ts';
import type { OperationSource } from '../operations/base.ts';
import { channelVector, numberOf } from './constants.ts';
import type { Constant, Value } from './tensorFunction.ts';

/** What a scale or a shift is: a number, or made of the constant. */
export type Term = number | MadeTerm;

interface MadeTerm {
  readonly name: string;
  readonly tensor: (c: Tensor) => Tensor;
  readonly number: (c: number) => number;
}

export const itself: Term = { name: 'itself', tensor: tf.clone, number: (c) => c };
export const negative: Term = { name: 'negative', tensor: tf.neg, number: (c) => -c };
export const inverse: Term = { name: 'inverse', tensor: tf.reciprocal, number: (c) => 1 / c };
/** 0 for 0. */
export const finiteInverse: Term = {
  name: 'finite inverse',
  tensor: (c) => tf.divNoNan(1, c),
  number: (c) => (c === 0 ? 0 : 1 / c),
};

/** scale · x + shift. */
export interface AffineForm {
  readonly scale: Term;
  readonly shift: Term;
}

/** A value with a constant as an affine map of its channels; `undefined` where the constant is no number per channel. */
export function affineOf(
  source: OperationSource,
  { value, constant }: { value: Value; constant: Constant },
  { scale, shift }: AffineForm,
): readonly Operation[] | undefined {
  const vector = channelVector(constant, value, source);
  if (!vector) return undefined;
  const parameters = () => ({ scale: termOf(source, vector(), scale), shift: termOf(source, vector(), shift) });
  return [affine(source, parameters, appliedOf(numberOf(constant), { scale, shift }))];
}

/** An affine map by its numbers, or as a scale or a shift alone by numbers that are not known or differ. */
function appliedOf(known: number | undefined, { scale, shift }: AffineForm): AppliedFunction | undefined {
  if (known !== undefined) {
    return { name: 'affine', numbers: { scale: numericTerm(known, scale), shift: numericTerm(known, shift) } };
  }
  if (typeof scale === 'number') return { name: 'shift', numbers: { scale } };
  return typeof shift === 'number' ? { name: 'scale', numbers: { shift } } : undefined;
}

function termOf({ address, store }: OperationSource, vector: Tensor, term: Term): Tensor {
  if (typeof term === 'number') {
    return store.derive(`${address}: ${term} in ${vector.size} channels`, [], () => tf.fill([vector.size], term));
  }
  if (term === itself) return vector;
  return store.derive(`${address}: ${term.name}`, [vector], () => term.tensor(vector));
}

function numericTerm(known: number, term: Term): number {
  return typeof term === 'number' ? term : term.number(known);
}
