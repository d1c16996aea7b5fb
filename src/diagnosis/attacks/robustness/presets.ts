import type { AttackField } from '../field/attackField.ts';
import type { EnsembleAttack, EnsembleOptions } from './robustnessOptions.ts';
import type { RobustnessWarning } from './types.ts';

/** Which attacks are asked for, and what the model does not allow of those that were not asked for one by one. */
export interface Asked {
  readonly attacks: readonly EnsembleAttack[];
  readonly warnings: readonly RobustnessWarning[];
}

/** Reads which attacks are asked for. */
export function askedAttacks({ attacks = 'quick' }: EnsembleOptions, { classes, all }: AttackField): Asked {
  if (typeof attacks !== 'string') return { attacks, warnings: [] };
  const hasPixels = all.x.shape.length === 4;
  const list = attacks === 'quick' ? quick(classes) : standard(classes);
  const hasAll = classes >= (attacks === 'quick' ? 3 : 4);
  return {
    attacks: list.filter(({ attack }) => attack !== 'square' || hasPixels),
    warnings: [...(hasPixels ? [] : [withoutSquare]), ...(hasAll ? [] : [fewClasses(classes)])],
  };
}

function quick(classes: number): readonly EnsembleAttack[] {
  const apgd = { attack: 'apgd', steps: 50 } as const;
  // Of 500 squares the last would still be large ones.
  const square = { attack: 'square', evaluations: 500, rescale: true } as const;
  return classes < 3 ? [apgd, square] : [apgd, { ...apgd, loss: 'dlr' }, square];
}

// AutoAttack, Croce and Hein 2020, and what its released code takes in place where there are few classes.
function standard(classes: number): readonly EnsembleAttack[] {
  const [apgd, square] = [{ attack: 'apgd' }, { attack: 'square' }] as const;
  if (classes >= 4) return [apgd, { attack: 'apgd', loss: 'dlr', targets: 9 }, { attack: 'fab', targets: 9 }, square];
  const ratio = classes < 3 ? [] : [{ attack: 'apgd', loss: 'dlr' } as const];
  return [apgd, ...ratio, { attack: 'fab' }, square];
}

const withoutSquare: RobustnessWarning = {
  kind: 'withoutSquare',
  text: 'no attack without gradients was made, as the examples have no pixels: where gradients are masked, nothing here shows it',
};

function fewClasses(classes: number): RobustnessWarning {
  const instead =
    classes < 3
      ? 'the difference of logits ratio needs three, so that only the cross-entropy is climbed'
      : 'the difference of logits ratio towards a class needs four, so that it is climbed away from the label';
  return { kind: 'fewClasses', text: `the model has ${classes} classes; ${instead}` };
}
