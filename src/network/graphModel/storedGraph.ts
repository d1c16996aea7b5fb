import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { StoredArray, StoredGraphModel } from '../loading/storedModel.ts';
import type { GraphNode, GraphSource, Weight } from './graphSource.ts';
import { nodesInOrder } from './nodesInOrder.ts';
import { inputsOf, nodesByName, outputsOf } from './signature.ts';

/** A GraphModel with weights of its own. */
export interface OwnedGraph {
  readonly graph: GraphSource;
  /** The weights that are left. */
  weights(): readonly Tensor[];
  /** Frees the weights that were not read yet. */
  freeUnread(): void;
  dispose(): void;
}

/** The nodes of a GraphModel that was read from its files, and the weights that its outputs depend on. */
export async function storedGraph({ name, topology, signature, arrays }: StoredGraphModel): Promise<OwnedGraph> {
  const listed = Array.isArray(topology['node']) ? (topology['node'] as readonly unknown[]) : [];
  const nodes = nodesByName(
    listed.map((node) => nodeOf(node, name)),
    name,
  );
  const placed = { name, nodes, inputs: inputsOf(nodes, signature, name), outputs: outputsOf(nodes, signature, name) };
  const weights = new Map<string, ReadWeight>();
  const dispose = (): void => weights.forEach(({ tensor }) => tensor.dispose());
  try {
    for (const node of nodesInOrder(placed)) {
      const array = node.op === 'Const' ? arrays.get(node.name) : undefined;
      if (array) weights.set(node.name, await readWeight(array));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    graph: { ...placed, weight: (node) => weights.get(node)?.weight },
    weights: () => [...weights.values()].flatMap(({ tensor }) => (tensor.isDisposed ? [] : tensor)),
    freeUnread: () => weights.forEach(({ tensor, isRead }) => isRead() || tensor.dispose()),
    dispose,
  };
}

interface ReadWeight {
  readonly tensor: Tensor;
  readonly weight: Weight;
  isRead(): boolean;
}

async function readWeight(array: StoredArray): Promise<ReadWeight> {
  const tensor = tf.keep(tf.tidy(() => array.tensor()));
  const { shape, dtype } = tensor;
  let read = false;
  const isSmall = dtype !== 'float32' || sizeOf(shape) === 1;
  const numbers = isSmall ? Array.from(await tensor.data()) : undefined;
  return {
    tensor,
    weight: {
      shape,
      dtype,
      numbers,
      read() {
        read = true;
        return tensor;
      },
    },
    isRead: () => read,
  };
}

function nodeOf(node: unknown, file: string): GraphNode {
  const { name, op, input = [], attr = {} } = (node ?? {}) as Readonly<Record<string, unknown>>;
  const isNode = typeof name === 'string' && typeof op === 'string' && Array.isArray(input) && typeof attr === 'object';
  if (!isNode || !input.every((reference) => typeof reference === 'string')) {
    throw new VitrineError(
      'bad-file',
      `"${file}" expected nodes {name, op, input, attr}, got ${JSON.stringify(node)?.slice(0, 80)}`,
    );
  }
  const data = (input as readonly string[]).filter((reference) => !reference.startsWith('^'));
  return { name, op, inputs: data, attributes: (attr ?? {}) as GraphNode['attributes'] };
}
