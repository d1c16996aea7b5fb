import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Operation, OperationParameters } from '../graph/operation.ts';
import { describeOperation, type OperationSource, only, parameter, wholeRegion } from './base.ts';

/** A look-up of rows: `embeddings` [tokens, features]. Tokens are whole numbers, so nothing flows back to them. */
export function embedding(source: OperationSource, parameters: () => OperationParameters): Operation {
  return {
    ...describeOperation('embedding', source),
    get parameters() {
      return parameters();
    },
    forward: (inputs, weights = parameters()) => {
      const tokens = tf.cast(only({ inputs }), 'int32');
      return tf.gather(parameter<Tensor>(weights, 'embeddings'), tokens);
    },
    pullback: () => [],
    region: wholeRegion,
    withParameters: (other) => embedding(source, other),
  };
}
