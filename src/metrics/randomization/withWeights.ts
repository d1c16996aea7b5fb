import * as tf from '@tensorflow/tfjs-core';
import type { Operation, OperationParameters } from '../../network/graph/operation.ts';
import type { Network } from '../../network/network.ts';
import { withParameters } from '../../network/withParameters.ts';
import type { Weights } from './shuffledWeights.ts';

/** Lends a network with some other weights to a job and frees their tensors after it. The given network stays as it is. */
export async function withWeights<T>(
  network: Network,
  weights: ReadonlyMap<Operation, Weights>,
  job: (network: Network) => Promise<T>,
): Promise<T> {
  const tensors = new Map([...weights].map(([operation, own]) => [operation, tensorsOf(own)]));
  const view = withParameters(network, (operation) => {
    const own = tensors.get(operation);
    return own && { ...operation.parameters, ...own };
  });
  try {
    return await job(view);
  } finally {
    tf.dispose([...tensors.values()].flatMap((own) => Object.values(own)));
    view.dispose();
  }
}

function tensorsOf(weights: Weights): OperationParameters {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
  );
}
