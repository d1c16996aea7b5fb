import * as tf from '@tensorflow/tfjs-core';
import { assertOptions } from '../../numeric/options.ts';
import type { Random } from '../../numeric/random.ts';
import { type OverRun, overRun, valueAt } from './overRun.ts';
import type { PixelTransform } from './transform.ts';

/** What is added to pictures of 0 to 1. */
export interface NoiseOptions {
  /** The standard deviation of normal noise; 0.04 by default. */
  readonly deviation?: OverRun;
  /** Half the width of uniform noise on top of it; 0 by default. */
  readonly spread?: OverRun;
}

/**
 * Noise of its own on every number: $x + \sigma z + u$, $z \sim N(0, 1)$, $u \sim U(-s, s)$.
 *
 * @param options `deviation` σ and `spread` s, on the scale of pictures of 0 to 1; `[from, to]` goes evenly over the
 * run.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if an option is negative or not finite.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const fading = transforms.noise({ deviation: [0.1, 0] });
 * ```
 */
export function noise(options: NoiseOptions = {}): PixelTransform {
  assertOptions(options, { deviation: overRun(0), spread: overRun(0) });
  const { deviation = 0.04, spread = 0 } = options;
  return {
    name: 'noise',
    apply(pictures, { random, progress }) {
      const numbers = drawn(pictures.size, random, [valueAt(deviation, progress), valueAt(spread, progress)]);
      return {
        pictures: tf.add(pictures, tf.tensor4d(numbers, pictures.shape)),
        pullback: (cotangent) => cotangent,
      };
    },
  };
}

function drawn(count: number, random: Random, [deviation, spread]: readonly [number, number]): Float32Array {
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const normal = deviation === 0 ? 0 : deviation * random.normal();
    numbers[i] = spread === 0 ? normal : normal + spread * (2 * random.uniform() - 1);
  }
  return numbers;
}
