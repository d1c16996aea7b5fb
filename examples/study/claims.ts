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
 * The check of Adebayo et al. 2018: with the whole network randomised, is the map still like the one it was? Half of
 * the magnitudes' rank correlation is where the two groups of methods of that paper lie apart.
 */
function randomized({ name, randomization = [] }: Measured, expected: 'passes' | 'fails'): Claim {
  const last = randomization.at(-1) ?? Number.NaN;
  return {
    text: `${name} ${expected} the randomisation check`,
    figures: last.toFixed(2),
    holds: expected === 'passes' ? last < 0.5 : last >= 0.5,
  };
}

function above(better: Measured, worse: Measured): Claim {
  const [high, low] = [better.pointing ?? Number.NaN, worse.pointing ?? Number.NaN];
  return {
    text: `${better.name} points better than ${worse.name}`,
    figures: `${high.toFixed(2)} and ${low.toFixed(2)}`,
    holds: high > low,
  };
}
