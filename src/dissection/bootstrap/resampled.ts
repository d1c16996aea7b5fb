import type { RunOptions } from '../../network/types.ts';
import { random } from '../../numeric/random.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { ratioOf } from '../results/iou.ts';
import type { CountedImages, ImageCounts } from './candidates.ts';

/** How often images are drawn. */
export interface Resampling extends Pick<RunOptions, 'onProgress'> {
  readonly samples: number;
  readonly seed: number;
}

/**
 * The IoU of each candidate of each unit in samples, `[units][candidates][samples]`: as many images as there are,
 * drawn with replacement, by the seed and the number of the sample.
 */
export function* resampled(
  { images, candidates, truth }: CountedImages,
  { samples, seed, onProgress }: Resampling,
): Sliced<readonly (readonly Float64Array[])[]> {
  const ious = candidates.map((own) => own.map(() => new Float64Array(samples)));
  const times = new Float64Array(images);
  for (let sample = 0; sample < samples; sample++) {
    const { integer } = random(seed, sample);
    times.fill(0);
    for (let draw = 0; draw < images; draw++) {
      const image = integer(images);
      times[image] = (times[image] as number) + 1;
    }
    const truths = new Map([...truth].map(([concept, counts]) => [concept, total(counts, times)]));
    for (const [unit, own] of candidates.entries()) {
      own.forEach(({ concept, intersection, area }, place) => {
        const overlap = { intersection: total(intersection, times), area: total(area, times) };
        const iou = ratioOf({ ...overlap, truth: truths.get(concept) as number });
        (ious[unit]?.[place] as Float64Array)[sample] = iou;
      });
      yield own.reduce(
        (sum, { intersection, area }) => sum + 5 * (intersection.images.length + area.images.length),
        10,
      );
    }
    onProgress?.({ stage: 'samples', done: sample + 1, total: samples });
  }
  return ious;
}

/** The pixels of a sample that has each image so many times. */
function total({ images, counts }: ImageCounts, times: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < images.length; i++) sum += (times[images[i] as number] as number) * (counts[i] as number);
  return sum;
}
