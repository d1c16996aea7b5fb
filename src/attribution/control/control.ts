import type { Tensor } from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { placedInput } from '../../scoring/placedInput.ts';
import { attributionOf, exampleRange, explain } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';

/** What sets one control apart from another. */
export interface Control {
  readonly method: string;
  /** Makes the maps `[n, h, w]` of pictures `[n, h, w, c]`, `[n, d, h, w]` of volumes. */
  readonly map: (pictures: NdArray, seed: number) => NdArray;
}

/** A map that the network has no part in, with the score and the class that it would have explained. */
export function control(
  model: Model,
  x: Input,
  options: ExplainOptions,
  { method, map }: Control,
): Promise<Attribution> {
  return explain(model, x, options, async (session, options) => {
    const { network, inputs, count, scorer, rows } = session;
    const pictures = inputs[placedInput(session, undefined).index] as NdArray;
    const found = await mapBatches({ ...options, stage: method, total: count }, (start, end) => {
      const record = network.forward(rows(start, end), { taps: scorer.taps });
      const { seeds: _, ...scored } = scorer.score(record, exampleRange(start, end));
      return { ...scored } as Record<string, Tensor>;
    });
    return attributionOf(session, {
      method,
      score: found.score as NdArray,
      classes: found.classes,
      maps: [map(pictures, options.seed ?? 0)],
      perPlace: true,
    });
  });
}
