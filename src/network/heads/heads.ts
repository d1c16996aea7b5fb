import type { GraphStep, OperationGraph, OutputHead, OutputLink, Site } from '../graph/graph.ts';
import type { OperationKind } from '../graph/operation.ts';
import { activationKinds } from '../graph/operationKinds.ts';

/** The outputs of a graph, each with what it holds, as far as the operations that make it tell. */
export function headsOf(outputs: readonly Site[], graph: Pick<OperationGraph, 'steps' | 'shapes'>): OutputHead[] {
  return outputs.map((site) => headOf(site, graph));
}

/** How many classes an output has scores of: two if it has one unit for both, else one for each unit. */
export function classCount({ site, link }: Pick<OutputHead, 'site' | 'link'>): number | undefined {
  return sumOfPair(link) === undefined ? (site.shape.at(-1) ?? undefined) : 2;
}

/** What the scores of classes 0 and 1 add up to where one unit, that of class 1, holds both. */
export function sumOfPair(link: OutputLink): number | undefined {
  return { binary: 0, binaryProbability: 1 }[link as string];
}

/** Walks back over reshapes to a final softmax or sigmoid, whose input are the logits, or else to what makes the values. */
function headOf(site: Site, graph: Pick<OperationGraph, 'steps' | 'shapes'>): OutputHead {
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
function madeBy(
  site: Site,
  { steps, shapes }: Pick<OperationGraph, 'steps' | 'shapes'>,
): { step?: GraphStep; isWhole: boolean } {
  const units = site.shape.at(-1);
  const isOfUnits = (value: number): boolean => (shapes[value]?.at(-1) ?? units) === units;
  const walk = (value: number, isWhole: boolean): { step?: GraphStep; isWhole: boolean } => {
    const step = steps.find(({ output }) => output === value);
    const kept = isWhole && isOfUnits(value);
    return step?.operation.routing ? walk(step.inputs[0] as number, kept) : { ...(step && { step }), isWhole: kept };
  };
  return walk(site.value, true);
}

/** What an output without logits of its own holds. */
function linkOf(site: Site, graph: Pick<OperationGraph, 'steps' | 'shapes'>, step: GraphStep | undefined): OutputLink {
  const hasOneUnit = site.shape.at(-1) === 1;
  const mixture = mixtureOf(site.value, graph);
  if (mixture && isMean(mixture)) return hasOneUnit ? 'binaryProbability' : 'probabilities';
  const isActivated = step !== undefined && activationKinds.includes(step.operation.kind);
  return mixture || hasOneUnit || isActivated ? 'values' : 'linear';
}

/** A value that is made of probabilities alone. */
interface Mixture {
  /** The sum of the weights with which they enter it; none where it is no weighted sum of them, as a product. */
  readonly weight?: number | undefined;
}

/** Whether a value is a weighted mean of probabilities, such as the softmaxes of an ensemble. */
function isMean({ weight }: Mixture): boolean {
  return weight !== undefined && Math.abs(weight - 1) < 1e-5;
}

/** How a value is made of softmaxes and sigmoids; `undefined` where it is made of anything else. */
function mixtureOf(value: number, graph: Pick<OperationGraph, 'steps' | 'shapes'>): Mixture | undefined {
  const step = graph.steps.find(({ output }) => output === value);
  if (step && sources.includes(step.operation.kind)) return { weight: 1 };
  const weigh = step && combinations[step.operation.kind];
  if (!weigh) return undefined;
  const weights: number[] = [];
  for (const input of step.inputs) {
    const part = mixtureOf(input, graph);
    if (!part) return undefined;
    if (part.weight !== undefined) weights.push(part.weight);
  }
  return { weight: weights.length === step.inputs.length ? weigh(weights, step, graph) : undefined };
}

const sources: readonly OperationKind[] = ['softmax', 'sigmoid'];

type Weigh = (weights: readonly number[], step: GraphStep, graph: Pick<OperationGraph, 'shapes'>) => number | undefined;

const noSum: Weigh = () => undefined;
const sum: Weigh = (weights) => weights.reduce((total, weight) => total + weight, 0);

/** Other places of the same units, or means over places. */
const moved: Weigh = ([weight], { inputs, output }, { shapes }) =>
  shapes[inputs[0] as number]?.at(-1) === shapes[output]?.at(-1) ? weight : undefined;

/** A factor that is known and nothing added. */
const scaled: Weigh = ([weight], { operation }) => {
  const { scale = 0, shift } = operation.applied?.numbers ?? {};
  return scale > 0 && shift === 0 ? (weight as number) * scale : undefined;
};

/** How operations weigh probabilities; what is not listed makes something else of them. */
const combinations: Partial<Readonly<Record<OperationKind, Weigh>>> = {
  add: sum,
  average: (weights, ...at) => (sum(weights, ...at) as number) / weights.length,
  affine: scaled,
  identity: moved,
  reshape: moved,
  repeat: moved,
  crop: moved,
  resize: moved,
  averagePool: moved,
  globalAveragePool: moved,
  maxPool: noSum,
  globalMaxPool: noSum,
  permute: noSum,
  concatenate: noSum,
  multiply: noSum,
  maximum: noSum,
  minimum: noSum,
  subtract: noSum,
  slice: noSum,
};

/** What an output is taken for, in words. */
export function describeHead(head: OutputHead): string {
  const { logits, site } = head;
  const enter = logits.value !== site.value ? `; logits enter "${head.maker?.address}"` : '';
  return `${words[head.link](head)}${enter}`;
}

const words: Readonly<Record<OutputLink, (head: OutputHead) => string>> = {
  softmax(head) {
    if (head.logits.value === head.site.value) return `logits of ${counted(head, 'class')}`;
    return `${head.maker?.kind === 'softmax' ? 'softmax' : 'logarithms of a softmax'} over ${counted(head, 'class')}`;
  },
  sigmoid: (head) => `sigmoid of each of ${counted(head, 'class')}`,
  binary: () => 'sigmoid of one logit, that of class 1',
  probabilities: (head) => `probabilities of ${counted(head, 'class')}, without logits`,
  binaryProbability: () => 'probability of class 1, without logits',
  linear: (head) => `${counted(head, 'value')} as they are, or logits if output: 'logits' says so`,
  values: (head) => `${counted(head, 'value')} as ${classCount(head) === 1 ? 'it is' : 'they are'}`,
};

function counted(head: OutputHead, noun: string): string {
  const count = classCount(head);
  const place = head.site.shape.slice(1, -1).every((length) => length === 1) ? '' : ' at each position';
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`;
  return `${count ?? 'some'} ${count === 1 ? noun : plural}${place}`;
}
