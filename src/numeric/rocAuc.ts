import { ranks } from './ranks.ts';

/**
 * The area under the receiver operating characteristic: the probability that a value inside is larger than one outside,
 * ties counted half (Mann and Whitney's U). NaN where all or none are inside.
 */
export function rocAuc(values: ArrayLike<number>, inside: ArrayLike<boolean>): number {
  let [count, sum] = [0, 0];
  ranks(values).forEach((rank, i) => {
    if (!inside[i]) return;
    count++;
    sum += rank;
  });
  return (sum - (count * (count + 1)) / 2) / (count * (values.length - count));
}
