import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { freedOnError } from '../../backend/freedOnError.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** A loss, and its gradient by each weight, by the name of its variable. */
export interface LossGradients {
  readonly value: Scalar;
  readonly grads: NamedTensorMap;
}

/**
 * The gradient of a loss by weights, of tfjs's tape.
 *
 * @throws {VitrineError} if the backend lacks a kernel that it needs.
 */
export function tapedGradients(loss: () => Scalar, weights: readonly Variable[]): LossGradients {
  try {
    return freedOnError(() => tf.variableGrads(loss, [...weights]));
  } catch (error) {
    const lacking = /Kernel '(\w+)' not registered/.exec(String(error));
    if (!lacking) throw error;
    throw new VitrineError(
      'unsupported',
      `training needs the kernel "${lacking[1]}", which backend "${tf.getBackend()}" lacks: call installKernels({ replace: true }) before`,
      { cause: error },
    );
  }
}
