import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { Site } from '../graph/graph.ts';

/** The streams that arrived at a site. */
export function streamsAt(signals: ReadonlyMap<Site, readonly Tensor[]>, site: Site): readonly Tensor[] {
  const streams = signals.get(site) ?? [];
  if (streams.length > 0) return streams;
  throw new VitrineError(
    'no-path',
    `no gradient reaches "${site.address}": the target does not depend on it; expected a layer before the target`,
  );
}

/** The single stream that arrived at a site. */
export function signalAt(signals: ReadonlyMap<Site, readonly Tensor[]>, site: Site): Tensor {
  return streamsAt(signals, site)[0] as Tensor;
}
