import type { Tensor } from '@tensorflow/tfjs-core';
import type { Site } from './graph.ts';

/** The single stream that arrived at a site. */
export function signalAt(signals: ReadonlyMap<Site, readonly Tensor[]>, site: Site): Tensor {
  const signal = signals.get(site)?.[0];
  if (signal) return signal;
  throw new Error(
    `no gradient reaches "${site.address}": the target does not depend on it; expected a layer before the target`,
  );
}
