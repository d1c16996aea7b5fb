import type { Input, Model } from '../../../network/types.ts';
import { describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { assertOptions, listOf, type OptionChecks, required } from '../../../numeric/options.ts';
import { onField } from '../field/attackField.ts';
import type { Ball, Epsilon } from '../field/ball.ts';
import { ballAbove, length } from './lengths.ts';
import { plannedAttack } from './plannedAttacks.ts';
import { askedAttacks } from './presets.ts';
import { upperBound } from './robustness.ts';
import { type EnsembleOptions, ensembleChecks } from './robustnessOptions.ts';
import { survivors } from './survivors.ts';
import type { RobustnessCurve, RobustnessWarning } from './types.ts';
import { maskingOf, warningsOf } from './warnings.ts';

/** Options of {@link robustnessCurve}. */
export type RobustnessCurveOptions = EnsembleOptions & {
  /** How far examples may be changed, the least first, as `epsilon` of {@link robustness}. */
  readonly epsilons: readonly Epsilon[];
};

/**
 * How the robust accuracy falls as examples may be changed further: the ensemble of {@link robustness} at one length after
 * the other, on what the lengths below have left. An example that was broken by less is broken.
 *
 * Source: Croce and Hein 2020, as `robustness`; Carlini et al. 2019, "On evaluating adversarial robustness", section 5.2, for why
 * accuracy should reach 0 as lengths grow.
 *
 * @param model a `LayersModel` or `GraphModel`, or a network compiled once.
 * @param x examples `[n, …]`, within the bounds.
 * @param options the lengths, and what `robustness` takes: {@link RobustnessCurveOptions}.
 * @returns the accuracies `[k]`, and the length at which each example was broken.
 * @throws {VitrineError} if `epsilons` do not grow from above 0, `x` is outside the bounds, or an option is wrong.
 * @example
 * ```ts
 * import { robustnessCurve } from 'vitrine/diagnosis';
 * const attacks = [{ attack: 'apgd', steps: 5 }] as const;
 * const { accuracy } = await robustnessCurve(model, x, { bounds: [-1, 1], epsilons: [0.01, 0.05], attacks });
 * ```
 */
export async function robustnessCurve(
  model: Model,
  x: Input,
  options: RobustnessCurveOptions,
): Promise<RobustnessCurve> {
  assertOptions(options, curveChecks);
  return onField(model, x, options, async (field, own) => {
    const { norm = 'linf', epsilons, attacks: named } = own;
    const balls = epsilons.map((epsilon, i) => ballAbove(`epsilons[${i}]`, epsilon, { norm, space: field.space }));
    assertGrowing(balls);
    const asked = askedAttacks(own, field);
    const warnings: RobustnessWarning[] = [...asked.warnings, ...(await warningsOf(field))];
    const brokenAt = field.initial.map((isWrong): number | null => (isWrong ? -1 : null));
    const left = (): readonly number[] => brokenAt.flatMap((at, row) => (at === null ? [row] : []));
    const clean = left().length / brokenAt.length;
    const accuracy = new Float32Array(balls.length);
    for (const [i, ball] of balls.entries()) {
      const attacks = asked.attacks.map((entry) => plannedAttack(entry, ball, field));
      const { brokenBy, rounds } = await survivors(field, { attacks, ball, standing: left() });
      brokenBy.forEach((attack, row) => {
        if (attack !== null) brokenAt[row] = i;
      });
      accuracy[i] = left().length / brokenAt.length;
      if (!warnings.some(({ kind }) => kind === 'gradientMasking')) warnings.push(...maskingOf(rounds, attacks));
    }
    warnings.push(...upperBound(named, accuracy.at(-1) as number));
    return { norm, epsilons, clean, accuracy, brokenAt, warnings };
  });
}

const curveChecks: OptionChecks<RobustnessCurveOptions> = {
  ...ensembleChecks,
  epsilons: required(listOf(length)),
};

function assertGrowing(balls: readonly Ball[]): void {
  const channels = balls[0]?.space.low.length as number;
  const listed = balls.map(({ epsilon }) =>
    typeof epsilon === 'number' ? new Array<number>(channels).fill(epsilon) : epsilon,
  );
  const wrong = listed.findIndex(
    (lengths, i) => i > 0 && lengths.some((length, c) => length < (listed[i - 1]?.[c] as number)),
  );
  if (wrong < 0) return;
  const [less, more] = [balls[wrong - 1]?.epsilon, balls[wrong]?.epsilon];
  throw new VitrineError(
    'bad-argument',
    `"epsilons" expected growing lengths, got ${describe(more)} after ${describe(less)}`,
  );
}
