import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { isSound } from '../../readings/faults.ts';
import type { Readings } from '../../readings/labelledReadings.ts';
import type { ConceptIndex } from '../counting/conceptIndex.ts';
import { labelPalette } from '../counting/labelPalette.ts';
import { sampleCheck } from '../counting/sampleCheck.ts';
import { presentConcepts } from './sparseSample.ts';

/** An image with what classifying needs of it. */
export interface PooledSample {
  /** The pooled activation of each unit. */
  readonly values: Float32Array;
  /** The places of the concepts that are anywhere in the image. */
  readonly present: ReadonlySet<number>;
}

/** How images are pooled and divided. */
export interface Pooling {
  readonly index: ConceptIndex;
  readonly pooling: 'mean' | 'max';
  readonly validation: number;
  readonly seed: number;
}

/** Reads all images and keeps one number for each unit. */
export async function pooledSamples(
  readings: Readings,
  { index, pooling, validation: share, seed }: Pooling,
): Promise<{ training: PooledSample[]; validation: PooledSample[] }> {
  const check = sampleCheck(index);
  const [training, validation]: [PooledSample[], PooledSample[]] = [[], []];
  await readings.read('pooled', (sample) => {
    if (!isSound(readings.faults, sample, () => check(sample))) return;
    const isHeld = random(seed, sample.image).uniform() < share;
    (isHeld ? validation : training).push({
      values: pooled(sample.activations[0] as NdArray, pooling),
      present: new Set(presentConcepts(labelPalette(sample, index.places))),
    });
  });
  return { training, validation };
}

/** One number for each unit of activations `[h, w, units]`. */
function pooled({ shape, data }: NdArray, pooling: 'mean' | 'max'): Float32Array {
  const units = shape[2] as number;
  const positions = data.length / units;
  return Float32Array.from({ length: units }, (_, unit) => {
    let [sum, most] = [0, Number.NEGATIVE_INFINITY];
    for (let place = unit; place < data.length; place += units) {
      sum += data[place] as number;
      most = Math.max(most, data[place] as number);
    }
    return pooling === 'mean' ? sum / positions : most;
  });
}
