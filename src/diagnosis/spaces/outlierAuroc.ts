import { describe } from '../../numeric/check.ts';
import { rocAuc } from '../../numeric/correlation.ts';
import { VitrineError } from '../../numeric/errors.ts';

/**
 * The probability that an outlier has a greater score than an example that is none: 1 where all have, ½ by chance.
 *
 * $$ \mathrm{AUROC} = P(s_{\mathrm{out}} > s_{\mathrm{in}}) + \tfrac12 P(s_{\mathrm{out}} = s_{\mathrm{in}}) $$
 *
 * Source: Hendrycks and Gimpel 2017, "A baseline for detecting misclassified and out-of-distribution examples", §2.
 *
 * @param inside scores of examples of the known kind that were held out, `[n]`.
 * @param outside scores of others, `[m]`.
 * @returns a number from 0 to 1.
 * @throws {VitrineError} if one of the two has no score, or a score is NaN.
 * @example
 * ```ts
 * import { outlierAuroc } from 'vitrine/diagnosis';
 * console.log(outlierAuroc([1, 2, 3], [2.5, 4])); // 0.833…
 * ```
 */
export function outlierAuroc(inside: ArrayLike<number>, outside: ArrayLike<number>): number {
  assertScores('inside', inside);
  assertScores('outside', outside);
  const values = [...Array.from(inside), ...Array.from(outside)];
  return rocAuc(
    values,
    values.map((_, i) => i >= inside.length),
  );
}

function assertScores(argument: string, scores: ArrayLike<number>): void {
  if (typeof scores !== 'object' || scores === null || !(scores.length > 0)) {
    throw new VitrineError('bad-argument', `"${argument}" expected a list with scores, got ${describe(scores)}`);
  }
  const wrong = Array.from(scores).findIndex((score) => typeof score !== 'number' || Number.isNaN(score));
  if (wrong < 0) return;
  throw new VitrineError('not-finite', `"${argument}[${wrong}]" expected a number, got ${describe(scores[wrong])}`);
}
