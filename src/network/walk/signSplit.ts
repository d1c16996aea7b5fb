import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { Operation, OperationParameters } from '../graph/operation.ts';

/** The weights of a linear operation apart by their sign, without its bias. */
export interface SignSplit {
  readonly positive: OperationParameters;
  readonly negative: OperationParameters;
}

/** Splits the kernel of a linear operation by the sign of its weights; the parts are kept as long as the weights stay. */
export function signSplit({ address, derive }: Operation): SignSplit {
  if (!derive) throw new VitrineError('unsupported-layer', `layer "${address}" has no kernel to split by sign`);
  return {
    get positive() {
      return { kernel: derive('positive', tf.relu) };
    },
    get negative() {
      return { kernel: derive('negative', (kernel) => tf.minimum(kernel, 0)) };
    },
  };
}
