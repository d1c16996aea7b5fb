import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { GraphModel } from '../graph/graphModel.ts';
import type { GraphNode, GraphSource, Weight } from './graphSource.ts';
import { inputsOf, nodesByName, outputsOf } from './signature.ts';

// The members of tfjs-converter's GraphModel that the compiler reads. Most are private there, and the package is no
// dependency: models are told by their structure.

interface Inside {
  readonly modelUrl?: unknown;
  readonly signature?: unknown;
  readonly executor: {
    readonly weightMap: Readonly<Record<string, Tensor[] | undefined>>;
    readonly graph: { readonly nodes: Readonly<Record<string, LoadedNode>>; readonly signature?: unknown };
  };
}

interface LoadedNode {
  readonly name: string;
  readonly op: string;
  readonly inputNames: readonly string[];
  readonly rawAttrs?: Readonly<Record<string, unknown>>;
}

/** The nodes and weights of a loaded GraphModel. */
export function loadedGraph(model: GraphModel, name = 'model'): GraphSource {
  const { executor, modelUrl, ...others } = model as unknown as Partial<Inside>;
  const graph = executor?.graph;
  if (!executor || !graph?.nodes) {
    throw new VitrineError(
      'unsupported',
      `"${name}" expected a loaded GraphModel, got one that is not loaded: await model.load()`,
    );
  }
  const title = typeof modelUrl === 'string' ? modelUrl : 'GraphModel';
  const isGone = Object.values(executor.weightMap).some((tensors) => tensors?.some(({ isDisposed }) => isDisposed));
  if (isGone)
    throw new VitrineError(
      'disposed',
      `"${name}" expected a live model, got the GraphModel "${title}", which was disposed`,
    );
  const nodes = nodesByName(Object.values(graph.nodes).map(nodeOf), title);
  const signature = others.signature ?? graph.signature;
  return {
    name: title,
    nodes,
    inputs: inputsOf(nodes, signature, title),
    outputs: outputsOf(nodes, signature, title),
    weight: (node) => {
      const tensor = executor.weightMap[node]?.[0];
      return tensor && weightOf(tensor, { name, node });
    },
  };
}

function nodeOf({ name, op, inputNames, rawAttrs }: LoadedNode): GraphNode {
  return { name, op, inputs: inputNames.filter((input) => !input.startsWith('^')), attributes: rawAttrs ?? {} };
}

function weightOf(tensor: Tensor, { name, node }: { name: string; node: string }): Weight {
  const { shape, dtype } = tensor;
  const read = (): Tensor => {
    if (!tensor.isDisposed) return tensor;
    throw new VitrineError(
      'disposed',
      `"${name}" expected a live model, got a GraphModel that was disposed (its weight "${node}" is gone)`,
    );
  };
  return {
    shape,
    dtype,
    get numbers() {
      return dtype !== 'float32' || sizeOf(shape) === 1 ? numbersIn(read()) : undefined;
    },
    read,
  };
}

/**
 * The numbers of a small constant, if they can be had at once. tfjs-converter itself reads axes, shapes and paddings in
 * this way, which therefore never leave the memory of the CPU.
 */
function numbersIn(tensor: Tensor): readonly number[] | undefined {
  try {
    return Array.from(tensor.dataSync());
  } catch {
    return undefined;
  }
}
