import type { NdArray } from '../../../numeric/ndarray.ts';
import { combinations, cutOff } from '../../../scoring/boxes.ts';
import type { Session } from '../../../scoring/session.ts';
import { windowMeans } from '../windowSampling/windowMeans.ts';
import { type CoveredParts, coveredDrops } from './coveredDrops.ts';

/** Windows of one size over an input, along each axis of its places. */
export interface CoveringWindows extends Omit<CoveredParts, 'parts' | 'onBatch'> {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  /** Called after each batch; the map of what is known so far. */
  readonly onBatch?: (map: () => NdArray) => void;
}

/** The mean of what the score loses over the windows that cover a place, in the shape of the input. */
export async function windowDrops(
  session: Session,
  { size, stride, onBatch, ...covered }: CoveringWindows,
): Promise<NdArray> {
  const { lengths, channels, shown } = covered.input;
  const corners = cornersOn(lengths, { size, stride });
  const windows = corners.map((corner) => ({ box: cutOff(corner, size, lengths) }));
  const mapOf = (drops: readonly Float64Array[]): NdArray => {
    const { data } = windowMeans(drops, { size, corners }, lengths);
    return { shape: shown.shape, data: shown.data.map((_, i) => data[Math.floor(i / channels)] as number) };
  };
  const drops = await coveredDrops(session, {
    ...covered,
    parts: Array.from({ length: session.count }, () => windows),
    ...(onBatch && { onBatch: (known) => onBatch(() => mapOf(known)) }),
  });
  return mapOf(drops);
}

/** Starts 0, s, 2 s, … up to ⌈(n − w) / s⌉ s along each axis. */
function cornersOn(
  lengths: readonly number[],
  { size, stride }: Pick<CoveringWindows, 'size' | 'stride'>,
): readonly (readonly number[])[] {
  const starts = lengths.map((length, axis) => {
    const step = stride[axis] as number;
    return Array.from({ length: Math.ceil((length - (size[axis] as number)) / step) + 1 }, (_, i) => i * step);
  });
  return combinations(starts);
}
