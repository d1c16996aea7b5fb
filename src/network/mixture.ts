import type { Graph, Step } from './graph.ts';
import type { OperationKind } from './operation.ts';

/** A value that is made of probabilities alone. */
export interface Mixture {
  /** The sum of the weights with which they enter it; none where it is no weighted sum of them, as a product. */
  readonly weight?: number | undefined;
}

/** Whether a value is a weighted mean of probabilities, such as the softmaxes of an ensemble. */
export function isMean({ weight }: Mixture): boolean {
  return weight !== undefined && Math.abs(weight - 1) < 1e-5;
}

/** How a value is made of softmaxes and sigmoids; `undefined` where it is made of anything else. */
export function mixtureOf(value: number, graph: Pick<Graph, 'steps' | 'shapes'>): Mixture | undefined {
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

type Weigh = (weights: readonly number[], step: Step, graph: Pick<Graph, 'shapes'>) => number | undefined;

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
