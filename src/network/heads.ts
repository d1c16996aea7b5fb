import type { Graph, Head, OutputLink, Site, Step } from './graph.ts';
import { isMean, mixtureOf } from './mixture.ts';
import { activationKinds } from './operationKinds.ts';

/** The outputs of a graph, each with what it holds, as far as the operations that make it tell. */
export function headsOf(outputs: readonly Site[], graph: Pick<Graph, 'steps' | 'shapes'>): Head[] {
  return outputs.map((site) => headOf(site, graph));
}

/** How many classes an output has scores of: two if it has one unit for both, else one for each unit. */
export function classCount({ site, link }: Pick<Head, 'site' | 'link'>): number | undefined {
  return sumOfPair(link) === undefined ? (site.shape.at(-1) ?? undefined) : 2;
}

/** What the scores of classes 0 and 1 add up to where one unit, that of class 1, holds both. */
export function sumOfPair(link: OutputLink): number | undefined {
  return { binary: 0, binaryProbability: 1 }[link as string];
}

/** Walks back over reshapes to a final softmax or sigmoid, whose input are the logits, or else to what makes the values. */
function headOf(site: Site, graph: Pick<Graph, 'steps' | 'shapes'>): Head {
  const { step, isWhole } = madeBy(site, graph);
  const maker = step?.operation;
  const hasOneUnit = site.shape.at(-1) === 1;
  const before = { ...site, value: step?.inputs[0] ?? site.value };
  // Several softmaxes side by side are not one over all units.
  if ((maker?.kind === 'softmax' || maker?.kind === 'logSoftmax') && isWhole) {
    return { site, logits: before, link: 'softmax', maker };
  }
  if (maker?.kind === 'sigmoid') return { site, logits: before, link: hasOneUnit ? 'binary' : 'sigmoid', maker };
  return { site, logits: site, link: linkOf(site, graph, step), maker };
}

/** The step that makes a value, but for those that only move values, and whether its last axis is still that of the value. */
function madeBy(site: Site, { steps, shapes }: Pick<Graph, 'steps' | 'shapes'>): { step?: Step; isWhole: boolean } {
  const units = site.shape.at(-1);
  const isOfUnits = (value: number): boolean => (shapes[value]?.at(-1) ?? units) === units;
  const walk = (value: number, isWhole: boolean): { step?: Step; isWhole: boolean } => {
    const step = steps.find(({ output }) => output === value);
    const kept = isWhole && isOfUnits(value);
    return step?.operation.routing ? walk(step.inputs[0] as number, kept) : { ...(step && { step }), isWhole: kept };
  };
  return walk(site.value, true);
}

/** What an output without logits of its own holds. */
function linkOf(site: Site, graph: Pick<Graph, 'steps' | 'shapes'>, step: Step | undefined): OutputLink {
  const hasOneUnit = site.shape.at(-1) === 1;
  const mixture = mixtureOf(site.value, graph);
  if (mixture && isMean(mixture)) return hasOneUnit ? 'binaryProbability' : 'probabilities';
  const isActivated = step !== undefined && activationKinds.includes(step.operation.kind);
  return mixture || hasOneUnit || isActivated ? 'values' : 'linear';
}
