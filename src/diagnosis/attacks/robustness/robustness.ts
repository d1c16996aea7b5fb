import type { Input, Model } from '../../../network/types.ts';
import { assertOptions, type OptionChecks, required } from '../../../numeric/options.ts';
import { settled } from '../field/attackedBy.ts';
import { onField } from '../field/attackField.ts';
import { ballAbove, length } from './lengths.ts';
import { plannedAttack } from './plannedAttacks.ts';
import { askedAttacks } from './presets.ts';
import { ensembleChecks, type RobustnessOptions } from './robustnessOptions.ts';
import { survivors } from './survivors.ts';
import type { Robustness, RobustnessWarning } from './types.ts';
import { maskingOf, warningsOf } from './warnings.ts';

/**
 * How many examples stay right whatever several attacks do to them: each attack is made on what those before have left, and
 * what breaks an example is kept.
 *
 * The result is an upper bound: $\frac1n |\{i : f(x') = y_i \text{ for all } x' \text{ that were tried}, \|x' - x_i\| \le \varepsilon\}|$. No attack
 * that fails proves that there is no change that succeeds. The `warnings` name what makes attacks fail for reasons of their own.
 *
 * Source: Croce and Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
 * attacks" (AutoAttack), and the checks of its released code. Networks here give the same each time, so that its ensemble for
 * random ones is left out.
 *
 * @param model a `LayersModel` or `GraphModel`, or a network compiled once.
 * @param x examples `[n, …]`, within the bounds.
 * @param options how far examples may be changed, by which attacks, and how inputs are prepared: {@link RobustnessOptions}.
 *   With the predicted classes as labels, as by default, all examples are right before.
 * @returns the accuracy before and after each attack, the changed examples `[n, …]` and what broke them, and warnings.
 * @throws {VitrineError} if `epsilon` is not above 0, `x` is outside the bounds, or an option is wrong.
 * @example
 * ```ts
 * import { robustness } from 'vitrine/diagnosis';
 * const attacks = [{ attack: 'apgd', steps: 5 }, { attack: 'square', evaluations: 20 }] as const;
 * const { clean, accuracy, rounds, warnings } = await robustness(model, x, { bounds: [-1, 1], epsilon: 0.05, attacks });
 * console.log(`${clean} -> ${accuracy}`, ...warnings.map(({ text }) => text));
 * ```
 */
export async function robustness(model: Model, x: Input, options: RobustnessOptions): Promise<Robustness> {
  assertOptions(options, robustnessChecks);
  return onField(model, x, options, async (field, own) => {
    const { norm = 'linf', epsilon, attacks: named } = own;
    const ball = ballAbove('epsilon', epsilon, { norm, space: field.space });
    const asked = askedAttacks(own, field);
    const attacks = asked.attacks.map((entry) => plannedAttack(entry, ball, field));
    const doubts = await warningsOf(field);
    const standing = field.initial.flatMap((isWrong, row) => (isWrong ? [] : [row]));
    const { changed, brokenBy, rounds } = await survivors(field, { attacks, ball, standing });
    const accuracy = rounds.at(-1)?.accuracy ?? 0;
    return {
      ...(await settled(field, changed, { method: 'robustness', norm })),
      epsilon,
      clean: standing.length / field.initial.length,
      accuracy,
      rounds,
      brokenBy,
      warnings: [...asked.warnings, ...doubts, ...maskingOf(rounds, attacks), ...upperBound(named, accuracy)],
    };
  });
}

const robustnessChecks: OptionChecks<RobustnessOptions> = { ...ensembleChecks, epsilon: required(length) };

/** What stays true of a quick look however well it went. */
export function upperBound(attacks: RobustnessOptions['attacks'], accuracy: number): readonly RobustnessWarning[] {
  if ((attacks ?? 'quick') !== 'quick' || accuracy === 0) return [];
  return [
    {
      kind: 'upperBound',
      text: `${(100 * accuracy).toFixed(1)} % is an upper bound of the robust accuracy, by few and short attacks; attacks: 'standard' makes it closer`,
    },
  ];
}
