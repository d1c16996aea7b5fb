import type { Tensor } from '@tensorflow/tfjs-core';
import { inSlices } from '../../backend/inTurn.ts';
import type { OperationGraph } from '../../network/graph/graph.ts';
import { findHead } from '../../network/heads/chosenOutput.ts';
import type { Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertArray, assertFiniteArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, kind, type OptionChecks } from '../../numeric/options.ts';
import { wardClusters } from '../../numeric/wardClusters.ts';

/** A node of a hierarchy of classes. */
export interface HierarchyNode {
  /** The classes below it, ascending. */
  readonly classes: readonly number[];
  /** The places of its two children in `nodes`; none of a leaf. */
  readonly children: readonly number[];
  /** How far apart its children are, by Ward's distance; 0 of a leaf. */
  readonly height: number;
}

/** A hierarchy of the classes of a network. */
export interface NeuralBackedTree {
  readonly kind: 'hierarchy';
  /** The leaves, node k being class k, then the inner nodes in the order in which they were made; the last is the root. */
  readonly nodes: readonly HierarchyNode[];
}

/** Options of {@link neuralBackedTree}. */
export interface NeuralBackedOptions {
  /** The output of a model with several: its position or the name of its layer; the first by default. */
  readonly output?: number | string;
}

const checks: OptionChecks<NeuralBackedOptions> = {
  output: kind('a position or the name of a layer', (value) => typeof value === 'string' || isPosition(value)),
};

/**
 * The hierarchy of classes that the last layer of a network has learnt: classes whose weights are alike are siblings.
 *
 * The rows of the last kernel, as they are, are clustered by Ward's criterion in Euclidean distance. A decision down the
 * hierarchy ({@link predictHierarchy}) replaces the final argmax without any training; with {@link hierarchyLoss} the
 * network can be fine-tuned to make such decisions well.
 *
 * Source: Wan et al. 2021, "NBDT: neural-backed decision trees", §3.1 and §3.2.
 *
 * @param model a model that ends in a dense layer, or the weights of classes `[k, d]`, one row each.
 * @param options `output`.
 * @returns the leaves, then the inner nodes.
 * @throws {VitrineError} if there are fewer than two classes, or if the logits do not come from a dense layer.
 * @example
 * ```ts
 * import { predictHierarchy, neuralBackedTree, predict } from 'vitrine';
 * const tree = await neuralBackedTree(model);
 * console.log(tree.nodes.map(({ classes }) => classes));
 * const { values } = await predict(model, x, { scale: 'logit' });
 * const { classes, paths } = predictHierarchy(tree, values);
 * console.log(classes, paths[0].map(({ node, probability }) => [tree.nodes[node].classes, probability]));
 * ```
 */
export async function neuralBackedTree(
  model: Model | NdArray<TypedArray>,
  options: NeuralBackedOptions = {},
): Promise<NeuralBackedTree> {
  assertOptions(options, checks);
  const { output = 0 } = options;
  const isArray = typeof model === 'object' && model !== null && 'data' in model && 'shape' in model;
  if (isArray && options.output !== undefined) {
    const got = describe(options.output);
    throw new VitrineError(
      'bad-argument',
      `"output" expected nothing beside weights, which have no outputs, got ${got}`,
    );
  }
  const weights = isArray ? model : await lastKernel(model as Model, output);
  const argument = isArray ? 'model' : 'weights';
  assertArray(argument, weights, [2]);
  assertFiniteArray(argument, weights);
  const [count, width] = weights.shape as [number, number];
  if (count < 2) throw new VitrineError('bad-argument', `"weights" expected at least two classes, got ${count}`);
  const rows = Array.from({ length: count }, (_, row) => weights.data.slice(row * width, (row + 1) * width));
  const nodes: HierarchyNode[] = rows.map((_, row) => ({ classes: [row], children: [], height: 0 }));
  for (const { children, height } of await inSlices(wardClusters(rows))) {
    const classes = children.flatMap((child) => nodes[child]?.classes ?? []).sort((a, b) => a - b);
    nodes.push({ classes, children, height });
  }
  return { kind: 'hierarchy', nodes };
}

/** The weights of classes `[k, d]` from the layer that makes the logits. */
function isPosition(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function lastKernel(model: Model, output: number | string): Promise<NdArray> {
  return withNetwork(model, async (network) => {
    const { logits } = findHead(network, output);
    const kernel = kernelOf(network.graph, logits.value);
    if (!kernel)
      throw new VitrineError(
        'unsupported',
        `"model" expected logits of a dense layer, got those of "${logits.address}"`,
      );
    const [width, count] = kernel.shape.slice(-2) as [number, number];
    const data = await kernel.data();
    return {
      shape: [count, width],
      data: Float32Array.from(
        { length: count * width },
        (_, i) => data[(i % width) * count + Math.floor(i / width)] as number,
      ),
    };
  });
}

function kernelOf({ steps }: OperationGraph, value: number): Tensor | undefined {
  const step = steps.find(({ output }) => output === value);
  if (!step) return undefined;
  const { kind, parameters } = step.operation;
  if (kind === 'identity' || kind === 'reshape') return kernelOf({ steps } as OperationGraph, step.inputs[0] as number);
  const kernel = kind === 'dense' || kind === 'conv2d' ? parameters['kernel'] : undefined;
  return kernel?.shape.slice(0, -2).every((length) => length === 1) ? kernel : undefined;
}
