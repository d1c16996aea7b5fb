import type { JoinedSteps } from '../graph/graph.ts';
import { joinActivations } from './joinActivations.ts';
import { joinNormalizations } from './joinNormalizations.ts';

/** The steps, with activations and layer normalisations that are written in pieces put together. */
export const joinedSteps: JoinedSteps = (graph, request) => {
  const joined = [joinActivations(graph, request), joinNormalizations(graph, request)];
  return graph.steps.map((step, i) => {
    const other = joined.find((steps) => steps[i] !== step);
    return other ? other[i] : step;
  });
};
