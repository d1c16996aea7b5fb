import { attributionCalls } from './publicCalls/attributionCalls.ts';
import { diagnosisCalls } from './publicCalls/diagnosisCalls.ts';
import { dissectionCalls } from './publicCalls/dissectionCalls.ts';
import { knowledgeCalls } from './publicCalls/knowledgeCalls.ts';
import { metricCalls } from './publicCalls/metricCalls.ts';
import { networkCalls } from './publicCalls/networkCalls.ts';
import { nodeCalls } from './publicCalls/nodeCalls.ts';
import { spectrumCalls } from './publicCalls/parameterizationCalls.ts';
import type { PublicCalls } from './publicCalls/sent.ts';
import { visualizationCalls } from './publicCalls/visualizationCalls.ts';

export { givenFor, type Prepared, prepare } from './publicCalls/given.ts';

/**
 * One small call of every public asynchronous function, under its name; of a function that takes different things, a
 * second one under its name and what it takes.
 */
export const publicCalls: PublicCalls = {
  ...networkCalls,
  ...attributionCalls,
  ...metricCalls,
  ...dissectionCalls,
  ...knowledgeCalls,
  ...nodeCalls,
  ...visualizationCalls,
  ...diagnosisCalls,
  ...spectrumCalls,
};

/** Public asynchronous functions that have no call, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  dissectInWorkers: 'it starts threads; test/node/dissectInWorkers.test.ts calls it',
};
