import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { ReadyObjective } from '../objectives/readyObjective.ts';
import type { Size } from '../transforms/transform.ts';

/**
 * Refuses a size of pictures that the network cannot take. Convolutions take any; dense layers behind a flattened map,
 * and layers that reshape to numbers of their own, take one.
 */
export function assertSeen(
  network: Network,
  { taps, score }: Pick<ReadyObjective, 'taps' | 'score'>,
  { inputSize, count }: { readonly inputSize: Size; readonly count: number },
): void {
  const [, rows, columns, channels] = network.inputs[0].shape;
  const isOwn = (rows ?? inputSize[0]) === inputSize[0] && (columns ?? inputSize[1]) === inputSize[1];
  if (isOwn || taps.length === 0 || typeof channels !== 'number') return;
  try {
    tf.tidy(() => {
      const record = network.forward([tf.zeros([count, ...inputSize, channels])], { taps });
      const found = taps.find((site) => record.value(site).shape[0] !== count);
      if (found) throw new Error(`"${found.address}" makes [${record.value(found).shape.join(', ')}] of ${count}`);
      score(record);
    });
  } catch (error) {
    const own = `[${rows ?? 'any'}, ${columns ?? 'any'}]`;
    throw new VitrineError(
      'bad-shape',
      `"inputSize" expected ${own}, the size of the model's input, since its layers take no pictures of [${inputSize.join(', ')}]; "size" can stay what it is: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
