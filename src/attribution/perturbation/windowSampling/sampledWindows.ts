import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Change } from '../../../network/incremental/change.ts';
import { random } from '../../../numeric/random.ts';
import type { ChangedPlace } from './changedPlace.ts';
import type { PlaneWindows } from './windowMeans.ts';
import type { WindowSampler } from './windowSampler.ts';

/** Windows, and what is put in their place. */
export interface SampledWindows {
  readonly place: ChangedPlace;
  readonly windows: PlaneWindows;
  readonly channels: readonly number[];
  readonly sampler: WindowSampler;
  readonly samples: number;
  readonly seed: number;
}

/** Rows `start…end` of an example: the windows one after the other, each with its samples. */
export function sampledWindows(
  sampled: SampledWindows,
  example: number,
  [start, end]: readonly [number, number],
): Change {
  const { place, windows, sampler, channels, samples, seed } = sampled;
  const [rows, columns] = windows.size;
  const { shape, data } = place.values;
  const [, height, width, channelCount] = shape as readonly [number, number, number, number];
  const patches = new Float32Array((end - start) * rows * columns * channelCount);
  const at = Array.from({ length: end - start }, (_, row) => {
    const window = Math.floor((start + row) / samples);
    const corner = windows.corners[window] as readonly [number, number];
    const source = random(seed, example, window, (start + row) % samples);
    const drawn = new Map(sampler({ example, corner, channels }, source).map((values, i) => [channels[i], values]));
    for (let i = 0; i < rows * columns; i++) {
      const pixel = (example * height + corner[0] + Math.floor(i / columns)) * width + corner[1] + (i % columns);
      for (let channel = 0; channel < channelCount; channel++) {
        const value = drawn.get(channel)?.[i] ?? (data[pixel * channelCount + channel] as number);
        patches[(row * rows * columns + i) * channelCount + channel] = value;
      }
    }
    return corner;
  });
  const tensor = tf.tensor4d(patches, [end - start, rows, columns, channelCount]);
  // A dense layer has no places: its values are new as a whole.
  return place.site.shape.length === 4 ? { tensor: tensor as Tensor4D, at } : tf.squeeze(tensor, [1, 2]);
}
