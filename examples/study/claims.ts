import type { Measured } from './measure.ts';

/** What is known of a method from the literature, and whether it came out again. */
export interface Claim {
  readonly text: string;
  readonly figures: string;
  readonly holds: boolean;
}

/** The known order of methods, on the table of the scenes. */
export function claimsOf(rows: readonly Measured[]): readonly Claim[] {
  const row = (name: string): Measured => {
    const found = rows.find((one) => one.name === name);
    if (!found) throw new RangeError(`no row "${name}" in the study`);
    return found;
  };
  return [
    ...['gradient', 'gradCam'].map((name) => randomized(row(name), 'passes')),
    randomized(row('guidedBackprop'), 'fails'),
    ...['gradCam', 'extremalPerturbation', 'rise'].map((name) => above(row(name), row('gradient'))),
    above(row('gradient'), row('deconvnet')),
    above(row('gradient'), row('centerMap')),
  ];
}

/**
 * The check of Adebayo et al. 2018: when the upper half of the layers knows nothing any more, which class is explained
 * means nothing either; a map that fails is still more like its old self than not.
 */
function randomized(row: Measured, expected: 'passes' | 'fails'): Claim {
  const similarity = halfRandomized(row) ?? Number.NaN;
  return {
    text: `${row.name} ${expected} the randomisation check`,
    figures: similarity.toFixed(2),
    holds: expected === 'passes' ? similarity < 0.5 : similarity >= 0.5,
  };
}

/** The similarity after the upper half of the layers is randomised. */
export function halfRandomized({ randomization }: Measured): number | undefined {
  return randomization?.at(Math.ceil(randomization.length / 2) - 1);
}

function above(better: Measured, worse: Measured): Claim {
  const [high, low] = [better.pointing ?? Number.NaN, worse.pointing ?? Number.NaN];
  return {
    text: `${better.name} points better than ${worse.name}`,
    figures: `${high.toFixed(2)} and ${low.toFixed(2)}`,
    holds: high > low,
  };
}
