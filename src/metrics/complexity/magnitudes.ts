import { pixelsOf } from '../givenMap.ts';
import type { GivenMap, MetricResult } from '../types.ts';

/** A score per example of the magnitudes of a map, channels summed first. */
export function ofMagnitudes(
  map: GivenMap,
  { score, ...named }: Pick<MetricResult, 'metric' | 'higherIsBetter'> & { score: (values: Float64Array) => number },
): MetricResult {
  const { examples } = pixelsOf(map);
  return { ...named, score: Float32Array.from(examples, (values) => score(values.map(Math.abs))) };
}
