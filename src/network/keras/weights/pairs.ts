import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../numeric/errors.ts';
import { sameShape } from '../../../numeric/ndarray.ts';
import type { Variable } from '../../graph/layersModel.ts';
import type { StoredArray } from '../../loading/storedModel.ts';

/** Which stored array is whose value. */
export type Pairs = Map<WritableVariable, StoredArray>;

export interface WritableVariable extends Variable {
  readonly dtype: tf.DataType;
  write(value: Tensor): void;
}

/** Pairs the weights of one layer with arrays in the same order, and refuses other numbers and shapes. */
export function pairUp(
  pairs: Pairs,
  layer: string,
  { variables, arrays }: { variables: readonly Variable[]; arrays: readonly StoredArray[] },
): void {
  if (variables.length !== arrays.length) {
    const found = arrays.length === 0 ? 'none' : `${arrays.length}: ${arrays.map(({ name }) => name).join(', ')}`;
    throw new VitrineError(
      'bad-file',
      `${layer} expected ${variables.length} weights (${variables.map(wordOf).join(', ')}), got ${found}`,
    );
  }
  variables.forEach((variable, i) => {
    const array = arrays[i] as StoredArray;
    assertShape(variable, array, layer);
    pairs.set(variable as WritableVariable, array);
  });
}

export function assertShape(variable: Variable, { name, shape }: StoredArray, layer: string): void {
  if (sameShape(variable.shape as number[], shape)) return;
  throw new VitrineError(
    'bad-shape',
    `weight "${name}" of ${layer} expected shape [${variable.shape.join(', ')}], got [${shape.join(', ')}]`,
  );
}

/** Gives the weights their values. */
export function write(pairs: Pairs): void {
  for (const [variable, array] of pairs) {
    tf.tidy(() => {
      const value = array.tensor();
      // On wasm a cast copies, even to the same type.
      variable.write(value.dtype === variable.dtype ? value : tf.cast(value, variable.dtype));
    });
  }
}

/** The word for a weight: `kernel` of `block1/conv/kernel:0`. */
export function wordOf({ originalName }: Pick<Variable, 'originalName'>): string {
  return lastWord(originalName);
}

/** Weights that Keras keeps for training alone: of the estimate of a norm, of random numbers. */
export function isForTraining(name: string): boolean {
  return /(^|\/)(vector_u|sn_u|seed_generator_state|StateVar|state_var)(:\d+)?$/.test(name);
}

export function lastWord(name: string): string {
  return name.replace(/:\d+$/, '').replace(/^.*\//, '');
}
