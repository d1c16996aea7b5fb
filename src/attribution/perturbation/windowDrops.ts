import type { Rectangle } from '../../network/incremental/windows.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Session } from '../session.ts';
import { type CoveredParts, coveredDrops } from './coveredDrops.ts';
import { windowMeans } from './windowSampling/windowMeans.ts';

type Pair = readonly [rows: number, columns: number];

/** Windows of one size over an input. */
export interface CoveringWindows extends Omit<CoveredParts, 'parts' | 'onBatch'> {
  readonly size: Pair;
  readonly stride: Pair;
  /** Called after each batch; the map of what is known so far. */
  readonly onBatch?: (map: () => NdArray) => void;
}

/** The mean of what the score loses over the windows that cover a position, in the shape of the input. */
export async function windowDrops(
  session: Session,
  { size, stride, onBatch, ...covered }: CoveringWindows,
): Promise<NdArray> {
  const { plane, channels, shown } = covered.input;
  const corners = cornersOn(plane, { size, stride });
  const windows = corners.map((corner) => cutOff(corner, size, plane));
  const mapOf = (drops: readonly Float64Array[]): NdArray => {
    const { data } = windowMeans(drops, { size, corners }, plane);
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
function cornersOn(plane: Pair, { size, stride }: { size: Pair; stride: Pair }): readonly Pair[] {
  const [rows, columns] = plane.map((length, axis) => {
    const step = stride[axis] as number;
    return Array.from({ length: Math.ceil((length - (size[axis] as number)) / step) + 1 }, (_, i) => i * step);
  }) as [number[], number[]];
  return rows.flatMap((row) => columns.map((column) => [row, column] as const));
}

function cutOff([row, column]: Pair, [tall, wide]: Pair, [height, width]: Pair): Rectangle {
  return { rows: [row, Math.min(row + tall, height)], columns: [column, Math.min(column + wide, width)] };
}
