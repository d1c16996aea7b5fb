import type { Sliced } from '../../numeric/sliced.ts';
import { litPixels } from '../masks/litPixels.ts';
import { ratioOf } from '../results/iou.ts';
import { type Segmentation, weightedHits } from './segmentationLoss.ts';
import { fillRuns, runLength } from './sparseSample.ts';

/** The IoU of a concept and the mask of weights, $\mathrm{up}(\sum_k w_k B_k) > 0$, over all images together. */
export function* weightedIou({ samples, concept, axes }: Segmentation, weights: Float64Array): Sliced<number> {
  const shape = [axes[0].first.length - 1, axes[1].first.length - 1, 1] as const;
  const inside = new Uint8Array(axes[0].before.length * axes[1].before.length);
  const zero = Float64Array.of(0);
  const overlap = { intersection: 0, area: 0, truth: 0 };
  for (const sample of samples) {
    const runs = sample.runs.get(concept) as Uint32Array;
    fillRuns(inside, runs, 1);
    overlap.truth += runLength(runs);
    const data = weightedHits(sample, weights, shape[0] * shape[1]);
    litPixels({ shape, data }, zero, axes, (_, lit) => {
      overlap.area += lit.length;
      for (const pixel of lit) overlap.intersection += inside[pixel] as number;
    });
    fillRuns(inside, runs, 0);
    yield 10 * inside.length + 5 * sample.hits.length;
  }
  return ratioOf(overlap);
}
