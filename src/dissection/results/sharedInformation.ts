import type { NdArray } from '../../numeric/ndarray.ts';
import type { Dissection } from '../types.ts';
import { assertDissection } from './assertDissection.ts';

/** What masks and concepts tell of each other. */
export interface SharedInformation {
  /** In nats, `[units, concepts]`. */
  readonly mutualInformation: NdArray<Float64Array>;
  /** The mutual information over the joint entropy, 0 … 1, `[units, concepts]`; 0 where there is no entropy. */
  readonly informationQualityRatio: NdArray<Float64Array>;
}

/**
 * What the mask of a unit tells of a concept: a measure that, unlike the IoU, also sees what lies outside of both.
 *
 * $I = \sum_{a, c} p_{ac} \log \frac{p_{ac}}{p_a p_c}$ over all pixels of all images, with $a$ whether a pixel is in the
 * mask and $c$ whether it is labelled so; the ratio is $I / H(a, c)$.
 *
 * Source: Bau et al. 2020, "Understanding the role of individual units in a deep neural network", in the published code.
 *
 * @param dissection what `dissect` gives.
 * @returns two tables `[units, concepts]`.
 * @throws {VitrineError} if `dissection` is none.
 * @example
 * ```ts
 * import { dissectActivations } from 'vitrine';
 * import { sharedInformation } from 'vitrine/dissection';
 * const dissection = await dissectActivations(labelled, { concepts });
 * const { informationQualityRatio } = sharedInformation(dissection);
 * ```
 */
export function sharedInformation(dissection: Dissection): SharedInformation {
  assertDissection('dissection', dissection);
  const { intersection, mask, truth, imageCount, size } = dissection;
  const pixels = imageCount * size[0] * size[1];
  const [, concepts] = intersection.shape as [number, number];
  const mutual = new Float64Array(intersection.data.length);
  const ratio = new Float64Array(intersection.data.length);
  intersection.data.forEach((shared, place) => {
    const a = (mask[Math.floor(place / concepts)] as number) / pixels;
    const c = (truth[place % concepts] as number) / pixels;
    const both = shared / pixels;
    const joint = [both, a - both, c - both, 1 - a - c + both];
    const apart = [a * c, a * (1 - c), (1 - a) * c, (1 - a) * (1 - c)];
    mutual[place] = joint.reduce((sum, p, i) => sum + (p > 0 ? p * Math.log(p / (apart[i] as number)) : 0), 0);
    const entropy = joint.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
    ratio[place] = entropy > 0 ? (mutual[place] as number) / entropy : 0;
  });
  const { shape } = intersection;
  return { mutualInformation: { shape, data: mutual }, informationQualityRatio: { shape, data: ratio } };
}
