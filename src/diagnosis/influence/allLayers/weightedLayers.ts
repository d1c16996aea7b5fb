import type { GraphStep, OperationGraph } from '../../../network/graph/graph.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { assertCrossEntropy } from '../assertCrossEntropy.ts';
import { denseHead } from '../denseHead.ts';
import type { GradientProblem } from './gradientProblem.ts';

/** Weights by which gradients are taken, and where they are used: of a shared layer several times. */
export interface WeightedLayer {
  readonly address: string;
  readonly calls: readonly GraphStep[];
}

/** The layers whose weights count. */
export interface WeightedLayers {
  readonly layers: readonly WeightedLayer[];
  /** The addresses of layers before the logits with weights that do not count. */
  readonly leftOut: readonly string[];
}

/**
 * The layers whose weights a problem names. Dense layers and 2-D convolutions of every kind have gradients of single
 * examples; of `'all'` the others, such as batch normalisation, are left out and named.
 */
export function weightedLayers(problem: Pick<GradientProblem, 'network' | 'head' | 'parameters'>): WeightedLayers {
  const { network, head, parameters } = problem;
  assertCrossEntropy(head);
  const steps = stepsBefore(network.graph, head.logits.value);
  const all = sharedWeights(steps.filter(({ operation }) => operation.gradientFactors));
  const layers = chosenLayers(problem, all);
  if (layers.length === 0)
    throw new VitrineError(
      'unsupported',
      '"model" expected a dense layer or a convolution before its logits, got none',
    );
  const used = new Set(layers.flatMap(({ calls }) => calls));
  const without = steps.filter((step) => !used.has(step) && isWeighted(step, network.graph));
  const covered = new Set(layers.flatMap(({ calls }) => calls.map(({ operation }) => operation.address)));
  const addresses = without.map(({ operation }) => operation.address).filter((address) => !covered.has(address));
  return { layers, leftOut: parameters === 'all' ? [...new Set(addresses)] : [] };
}

function chosenLayers(
  { network, head, parameters }: Pick<GradientProblem, 'network' | 'head' | 'parameters'>,
  all: readonly WeightedLayer[],
): readonly WeightedLayer[] {
  if (parameters === 'all') return all;
  if (parameters === 'head') {
    const { step } = denseHead(network, head);
    return [{ address: step.operation.address, calls: [step] }];
  }
  return parameters.flatMap((address, i) => {
    const { value } = network.site(address, `parameters[${i}]`);
    const found = all.filter((layer) => layer.calls.some((call) => isOf(call, address, value)));
    if (found.length > 0) return found;
    const known = all.map((layer) => layer.address).join(', ');
    throw new VitrineError(
      'unsupported-layer',
      `"parameters[${i}]" expected one of ${known}, which have gradients of single examples, got "${address}"`,
    );
  });
}

function isOf({ operation, output }: GraphStep, address: string, value: number): boolean {
  return operation.address === address || output === value;
}

/** The steps that a value depends on, in order. */
function stepsBefore({ steps }: OperationGraph, value: number): readonly GraphStep[] {
  const wanted = new Set([value]);
  const before = [...steps].reverse().filter(({ inputs, output }) => {
    if (!wanted.has(output)) return false;
    inputs.forEach((input) => wanted.add(input));
    return true;
  });
  return before.reverse();
}

/** The calls of each kernel. */
function sharedWeights(steps: readonly GraphStep[]): readonly WeightedLayer[] {
  const layers = new Map<object, GraphStep[]>();
  for (const step of steps) {
    const kernel = step.operation.parameters['kernel']?.dataId as object;
    layers.set(kernel, [...(layers.get(kernel) ?? []), step]);
  }
  return [...layers.values()].map((calls) => ({ address: (calls[0] as GraphStep).operation.address, calls }));
}

/** Whether a step has weights, or its layer does, such as one that only the model itself can run. */
function isWeighted({ operation }: GraphStep, { sites }: OperationGraph): boolean {
  return (sites.get(operation.address)?.parameterCount ?? 0) > 0;
}
