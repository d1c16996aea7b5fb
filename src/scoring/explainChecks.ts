import { outputMeanings } from '../network/heads/statedHeads.ts';
import { runChecks } from '../network/runChecks.ts';
import { anything, type Check, integer, kind, type OptionChecks, oneOf } from '../numeric/options.ts';
import type { ExplainOptions } from './types.ts';

/** Checks of what every attribution method accepts; a target is looked at with the network that it is of. */
export const explainChecks: OptionChecks<ExplainOptions> = {
  ...runChecks,
  target: anything,
  scale: oneOf(['logit', 'probability', 'logProbability']),
  output: oneOf(outputMeanings),
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
};

/** A check of examples, which are looked at with the inputs that they are for. */
export const examplesCheck: Check = kind(
  'a tensor or {shape, data}, or a list with one for each input',
  (value) => typeof value === 'object' && value !== null,
);
