import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { Site } from '../graph/graph.ts';
import type { Values } from '../walk/forward.ts';
import { wholeRows } from './change.ts';
import type { ChangedValues } from './changedValues.ts';

/** The values of a changed run. */
export interface ChangedRun {
  /** The tensor at a tapped site, one row for each of the batch. */
  value(site: Site): Tensor;
}

/** What a run gives where a change has led so far. */
export function changedRun(values: Values, { count, changed }: ChangedValues): ChangedRun {
  return {
    value(site) {
      const plane = values.get(site.value);
      if (!plane)
        throw new VitrineError('bad-argument', `layer "${site.address}" was not kept by this run; name it in "taps"`);
      return wholeRows(plane, changed.get(site.value), count);
    },
  };
}
