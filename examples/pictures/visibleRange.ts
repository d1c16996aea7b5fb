import { extent } from 'd3-array';
import type { MapArray } from 'vitrine/image';

/** The range in which a map is drawn: one without zeros from its minimum on, for what all pixels share says nothing of where. */
export function visibleRange({ data }: MapArray): { range?: readonly [number, number] } {
  const [low = 0, high = 0] = extent(data as Float32Array);
  return low > 0 && low < high ? { range: [low, high] } : {};
}
