import * as tf from '@tensorflow/tfjs-core';
import { readTensor } from '../../src/backend/inTurn.ts';
import type { Network } from '../../src/network/network.ts';
import type { Composite } from '../../src/network/walk/composite.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { createObjective } from '../../src/visualization/objectives/createObjective.ts';
import type { Objective } from '../../src/visualization/objectives/objective.ts';

/** The score of each picture, and the gradient of their sum by the pictures, which are the network's inputs. */
export async function evaluated(
  network: Network,
  objective: Objective,
  x: NdArray,
  composite: Composite = [],
): Promise<{ readonly score: NdArray; readonly gradient: NdArray }> {
  const found = tf.tidy(() => {
    const pictures = tensorOf(x) as tf.Tensor4D;
    const ready = createObjective(network, objective, pictures.shape[0]);
    const own = ready.picture?.(pictures);
    const [input] = network.inputs;
    const zeros = { score: tf.zeros([pictures.shape[0]]), signal: tf.zerosLike(pictures) as tf.Tensor };
    const { score, signal } = ready.taps.length === 0 ? zeros : walked();
    return { score: tf.add(score, own?.value ?? 0), gradient: tf.add(signal, own?.gradient ?? 0) };

    function walked(): { score: tf.Tensor1D; signal: tf.Tensor } {
      const record = network.forward([pictures], { taps: ready.taps, differentiate: { to: [input], composite } });
      const { score, seeds } = ready.score(record);
      const signal = record.backward(seeds, { to: [input] }).get(input)?.[0] as tf.Tensor;
      return { score: score as tf.Tensor1D, signal };
    }
  });
  const [score, gradient] = await Promise.all([readTensor(found.score), readTensor(found.gradient)]);
  tf.dispose(found);
  return { score, gradient };
}

function tensorOf({ shape, data }: NdArray): tf.Tensor {
  return tf.tensor(data, [...shape]);
}
