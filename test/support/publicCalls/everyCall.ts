import { budgetCalls } from './attackCalls.ts';
import { attributionCalls } from './attributionCalls.ts';
import { changeCalls } from './biasCalls.ts';
import { diagnosisCalls } from './diagnosisCalls.ts';
import { dissectionCalls } from './dissectionCalls.ts';
import { engineCalls } from './engineCalls.ts';
import { sliceCalls } from './failureCalls.ts';
import { folderCalls } from './folderCalls.ts';
import { graphCalls } from './graphCalls.ts';
import { knowledgeCalls } from './knowledgeCalls.ts';
import { mapCalls } from './mapCalls.ts';
import { metricCalls } from './metricCalls.ts';
import { networkCalls } from './networkCalls.ts';
import { nodeCalls } from './nodeCalls.ts';
import { objectiveCalls } from './objectiveCalls.ts';
import { parameterizationCalls, spectrumCalls } from './parameterizationCalls.ts';
import { pictureCalls } from './pictureCalls.ts';
import { pictureMakingCalls } from './pictureMakingCalls.ts';
import { renderCalls } from './renderCalls.ts';
import { resultCalls } from './resultCalls.ts';
import { ruleCalls } from './ruleCalls.ts';
import type { PublicCalls } from './sent.ts';
import { taskCalls } from './transferCalls.ts';
import { treeCalls } from './treeCalls.ts';
import { visualizationCalls } from './visualizationCalls.ts';

/** One valid call, and more where a function takes different things, of each of the named functions. */
export function callsOf(names: readonly string[]): PublicCalls {
  return Object.fromEntries(Object.entries(everyCall).filter(([label]) => names.includes(functionOf(label))));
}

/** Those of the named functions that have no call here. */
export function withoutCalls(names: readonly string[]): readonly string[] {
  const called = Object.keys(everyCall).map(functionOf);
  return names.filter((name) => !called.includes(name));
}

/** The function of a label such as `resize of a picture`. */
export function functionOf(label: string): string {
  return label.split(' ')[0] as string;
}

// What `noiseTunnel(…)` and `progressive(…)` give stands under their names where promises are asked for.
const { noiseTunnel, progressive, ...methods } = attributionCalls;

const everyCall: PublicCalls = {
  ...networkCalls,
  ...pictureCalls,
  ...methods,
  ...(noiseTunnel && { 'noiseTunnel()': noiseTunnel }),
  ...(progressive && { 'progressive()': progressive }),
  ...ruleCalls,
  ...metricCalls,
  ...mapCalls,
  ...dissectionCalls,
  ...resultCalls,
  ...knowledgeCalls,
  ...graphCalls,
  ...treeCalls,
  ...visualizationCalls,
  ...diagnosisCalls,
  ...budgetCalls,
  ...changeCalls,
  ...sliceCalls,
  ...objectiveCalls,
  ...taskCalls,
  ...parameterizationCalls,
  ...spectrumCalls,
  ...pictureMakingCalls,
  ...renderCalls,
  ...nodeCalls,
  ...folderCalls,
  // Last: its `forEachImage` takes the arguments of the function as they are.
  ...engineCalls,
};
