import type { Input, Model } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { placedInput } from '../../scoring/placedInput.ts';
import { endpoint } from '../../scoring/scoreAt.ts';
import { attributionOf, explain } from '../../scoring/session.ts';
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
  return explain(model, x, options, { checks: explainChecks }, async (session, options) => {
    const { inputs, scorer } = session;
    const pictures = inputs[placedInput(session, undefined).index] as NdArray;
    const { onProgress } = options;
    const { score, classes } = await endpoint(session, inputs, { sites: [], scorer, stage: method, onProgress });
    return attributionOf(session, {
      method,
      score,
      classes,
      maps: [map(pictures, options.seed ?? 0)],
      perPlace: true,
    });
  });
}
