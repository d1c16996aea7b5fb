import { owned } from '../../backend/owned.ts';
import { rectify as rectified } from '../../image/maps/rectify.ts';
import type { Head } from '../../network/graph/graph.ts';
import { withMeaning } from '../../network/heads/statedHeads.ts';
import { classScores } from '../../network/predict.ts';
import type { Input, Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertInteger, assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { explain } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import type { CamOptions } from './cam.ts';
import { fitted } from './camLayer.ts';
import { gradCam } from './gradCam.ts';

/** What {@link finerCam} compares with. */
export interface FinerCamOptions extends CamOptions {
  /** How many of the classes with the highest scores beside the explained one, or which classes; 3 by default. */
  readonly similar?: number | readonly number[];
  /** How much the similar classes count, α; 1 by default. */
  readonly strength?: number;
  /** The class, or one per example; the predicted one by default. */
  readonly target?: 'predicted' | number | readonly number[] | Int32Array;
}

/**
 * Finer-CAM: what speaks for a class rather than for the classes most like it.
 *
 * Grad-CAM of $F_c - \alpha\, \mathrm{mean}_{d \in \text{similar}} F_d$; by default with the (at most three) classes that come next at x.
 *
 * Source: Zhang et al. 2025, "Finer-CAM: spotting the difference reveals finer details for visual explanation", Eq. (4).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`, with at least two classes.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `similar`, `strength`, `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size; `score` is the difference that is explained.
 * @throws {VitrineError} if there are not so many other classes, or `similar` has the explained one; else as {@link gradCam}.
 * @example
 * ```ts
 * import { finerCam } from 'vitrine';
 * const { values } = await finerCam(model, x, { layer: 'conv3', similar: 2 });
 * ```
 */
export async function finerCam(
  model: Model,
  x: Input,
  options: ExplainOptions & FinerCamOptions = {},
): Promise<Attribution> {
  const { strength = 1, rectify = true, size = 'input' } = options;
  assertNumber('strength', strength, 0);
  return withNetwork(model, async (given) => {
    const [input, { similar, strength: _, ...rest }] = await owned(x, options);
    const network = withMeaning(given, rest.output, given.heads[0]);
    const own = await gradCam(network, input, { ...rest, rectify: false, size: 'layer' });
    if (!own.target) throw new VitrineError('bad-argument', '"target" expected a class or one per example');
    const scores = await classScores(network, input, { ...rest, head: network.heads[0] as Head });
    const others = similarClasses(scores, [...own.target], similar);
    const data = own.values.data.slice();
    const score = own.score.slice();
    // The map before rectification is linear in the gradient, and so in the score.
    for (const target of others) {
      const other = await gradCam(network, input, { ...rest, target, rectify: false, size: 'layer' });
      const share = strength / others.length;
      other.values.data.forEach((value, i) => {
        data[i] = (data[i] as number) - share * value;
      });
      other.score.forEach((value, i) => {
        score[i] = (score[i] as number) - share * value;
      });
    }
    const raw: NdArray = { shape: own.values.shape, data };
    const map = rectify ? rectified(raw) : raw;
    const site = network.site(own.layer as string);
    const values =
      size === 'layer' ? map : await explain(network, input, rest, async (session) => fitted(map, site, session));
    return { ...own, method: 'finerCam', score, explained: { ...own.explained, target: 'function' }, values };
  });
}

/** The classes to compare with, as targets: in each one class per example. */
function similarClasses(
  { shape, data }: NdArray,
  classes: readonly number[],
  similar: number | readonly number[] | undefined,
): readonly (readonly number[])[] {
  const [, units] = shape as [number, number];
  if (units < 2)
    throw new VitrineError('bad-argument', `"model" expected at least two classes to compare, got ${units}`);
  if (typeof similar === 'object') {
    const own = similar.find((other) => classes.includes(other));
    if (own !== undefined) {
      throw new VitrineError(
        'bad-argument',
        `"similar" expected classes other than the one that is explained, got ${own}`,
      );
    }
    return similar.map((other) => classes.map(() => other));
  }
  const count = similar ?? Math.min(3, units - 1);
  assertInteger('similar', count, [1, units - 1]);
  const ranked = classes.map((own, example) => {
    const row = data.subarray(example * units, (example + 1) * units);
    const order = Array.from(row.keys()).filter((unit) => unit !== own);
    return order.sort((a, b) => (row[b] as number) - (row[a] as number));
  });
  return Array.from({ length: count }, (_, rank) => ranked.map((order) => order[rank] as number));
}
