import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OperationParameters } from '../../network/graph/operation.ts';
import type { Network } from '../../network/network.ts';
import { withParameters } from '../../network/withParameters.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { DenseHead } from '../influence/denseHead.ts';

/** A view of a network with other weights of its head, which it frees when it is disposed. */
export function withHead(
  network: Network,
  { operation }: DenseHead,
  { weights, bias }: { readonly weights: NdArray; readonly bias: NdArray | undefined },
): Network {
  const parameters: OperationParameters = {
    ...operation.parameters,
    kernel: tensorOf(weights),
    ...(bias && { bias: tensorOf(bias) }),
  };
  const own = [parameters['kernel'], ...(bias ? [parameters['bias']] : [])] as Tensor[];
  const view = withParameters(network, (other) => (other === operation ? parameters : undefined));
  const assertUsable = (): void => {
    if (own.some(({ isDisposed }) => isDisposed))
      throw new VitrineError(
        'disposed',
        `the network with a refitted "${operation.address}" is disposed; refit it again`,
      );
    view.assertUsable();
  };
  return {
    ...view,
    assertUsable,
    forward(inputs, options) {
      assertUsable();
      return view.forward(inputs, options);
    },
    dispose() {
      tf.dispose(own);
      view.dispose();
    },
  };
}

function tensorOf({ shape, data }: NdArray): Tensor {
  return tf.tensor(data, [...shape]);
}
