import { assertClasses } from '../../network/heads/classLogits.ts';
import type { Input, Model } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { callback, kind, type OptionChecks } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { checkClasses, isClassList } from '../../scoring/targets/classScore.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { type Explained, explained, explainerChecks } from '../explained.ts';
import { isNumberList } from '../givenMap.ts';
import type { ExplainerOption, MetricResult } from '../types.ts';
import { mapSimilarity, prepared, type SimilarityOptions, similarityChecks } from './mapSimilarity.ts';

/** What {@link randomLogit} compares. */
export interface RandomLogitOptions extends ExplainerOption, SimilarityOptions {
  /** The other class, or one per example; by default a random one other than the explained. */
  readonly other?: number | readonly number[];
  /** What is compared of a map; the map as it is by default. */
  readonly prepare?: (map: NdArray) => NdArray;
}

const checks: OptionChecks<ExplainOptions & RandomLogitOptions> = {
  ...explainerChecks,
  ...similarityChecks,
  other: kind('a class or one per example', (value) => typeof value === 'number' || isNumberList(value)),
  prepare: callback,
};

/**
 * Random logit: whether the map of another class looks the same.
 *
 * The similarity of $\phi_c(x)$ and $\phi_{c'}(x)$ for a random class $c' \ne c$. A map that tells why this class and
 * not that one differs.
 *
 * Source: Sixt, Granz and Landgraf 2020, "When explanations lie: why many modified BP attributions fail", §4.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `explainer` (required), `other`, `similarity` (`'ssim'` by default), `dataRange`, `prepare`, `seed`,
 * `target` (a class, `'predicted'` by default), `scale` (that of the explainer by default).
 * @returns the similarity per example, of which less is better.
 * @throws {VitrineError} if the target is no class, there is no other, or a map is too small for `'ssim'`.
 * @example
 * ```ts
 * import { guidedBackprop, randomLogit } from 'vitrine';
 * const { score } = await randomLogit(model, x, { explainer: guidedBackprop });
 * ```
 */
export function randomLogit(
  model: Model,
  x: Input,
  options: ExplainOptions & RandomLogitOptions,
): Promise<MetricResult> {
  return explained(model, x, options, { checks }, async (session, options) => {
    const target = otherClasses(session, options);
    session.expectRuns(2);
    const [map] = await session.maps({});
    const [other] = await session.maps({ target });
    const { similarity = 'ssim', dataRange, prepare } = options;
    const { score } = mapSimilarity(prepared(map as NdArray, prepare), prepared(other as NdArray, prepare), {
      similarity,
      ...(dataRange !== undefined && { dataRange }),
    });
    return { metric: 'randomLogit', score, higherIsBetter: false };
  });
}

function otherClasses(
  { head, classes, count }: Explained,
  { target, other, seed = 0 }: ExplainOptions & RandomLogitOptions,
): number | readonly number[] {
  if (other !== undefined) {
    const units = head && assertClasses(head, 'target');
    checkClasses(other, { units: units ?? Number.POSITIVE_INFINITY, count, argument: 'other' });
    return other;
  }
  const isClass = target === undefined || typeof target !== 'object' || isClassList(target);
  if (!classes || !head || !isClass)
    throw new VitrineError('bad-argument', '"target" expected classes, or the "other" classes');
  const known = assertClasses(head, 'target');
  if (known < 2) throw new VitrineError('bad-argument', '"model" expected several classes to compare, got one');
  return Array.from({ length: count }, (_, example) => {
    const step = 1 + random(seed, example).integer(known - 1);
    return ((classes.data[example] as number) + step) % known;
  });
}
