import type { Graph, OpenShape, Site } from './graph.ts';
import { growingGraph } from './growingGraph.ts';
import type { Container, Layer, Node, SymbolicTensor } from './layersModel.ts';
import { isContainer } from './layersModel.ts';
import { lowerLayer } from './lower/lowerLayer.ts';
import type { Operation } from './operation.ts';
import { outputShapes } from './outputShapes.ts';
import type { Store } from './store.ts';

/**
 * Reads the nodes of a model (functional, sequential, nested, shared layers) into one graph of operations; with
 * `inputShapes` its shapes are those for inputs of these shapes, and not those that the model was built with.
 */
export function buildGraph(model: Container, store: Store, inputShapes?: readonly OpenShape[]): Graph {
  const graph = growingGraph();
  const { sites, shapes, addValue, append } = graph;

  const addSite = (address: string, layer: Layer, tensor: SymbolicTensor, value: number): Site => {
    const parameterCount = layer.weights.reduce((sum, weight) => sum + weight.read().size, 0);
    const shape = inputShapes ? (shapes[value] as OpenShape) : tensor.shape;
    return graph.addSite({ address, layerClass: layer.getClassName(), value, parameterCount, shape });
  };

  const lower = (layer: Layer, node: Node, address: string, inputs: readonly number[]): readonly number[] => {
    const source = { address, layerClass: layer.getClassName(), store };
    const read = inputShapes
      ? inputs.map((value) => shapes[value] as OpenShape)
      : node.inputTensors.map(({ shape }) => shape);
    const made = inputShapes ? outputShapes(layer, read, address) : node.outputTensors.map(({ shape }) => shape);
    return node.outputTensors.map((tensor, output) => {
      const callArgs = node.callArgs ?? {};
      const outputShape = made[output] as OpenShape;
      const operations = lowerLayer(layer, { source, inputShapes: read, outputShape, output }, callArgs);
      const value = append(operations, inputs, outputShape);
      // The layer's own activation is its last operation; what enters it was made just before.
      if (hasFusedActivation(layer, operations)) addSite(`${address}@preactivation`, layer, tensor, value - 1);
      return value;
    });
  };

  const visit = (container: Container, fed: readonly number[], prefix: string): readonly number[] => {
    const values = new Map(container.inputs.map(({ id }, i) => [id, fed[i] as number]));
    const addressOf = addresses(container, prefix);
    const pull = (tensor: SymbolicTensor): number => {
      const known = values.get(tensor.id);
      if (known !== undefined) return known;
      const layer = tensor.sourceLayer;
      const node = layer.inboundNodes[tensor.nodeIndex] as Node;
      const inputs = node.inputTensors.map(pull);
      const address = addressOf(tensor);
      const outputs = isContainer(layer) ? visit(layer, inputs, `${address}/`) : lower(layer, node, address, inputs);
      node.outputTensors.forEach((output, i) => {
        values.set(output.id, outputs[i] as number);
        addSite(i === 0 ? address : `${address}:${i}`, layer, output, outputs[i] as number);
      });
      return values.get(tensor.id) as number;
    };
    const results = container.outputs.map(pull);
    addFlattened(container, prefix, values);
    return results;
  };

  // A sequential model that begins another one is dissolved into it, yet users know it by its name.
  const addFlattened = (container: Container, prefix: string, values: ReadonlyMap<number, number>): void => {
    for (const inner of container.layers.filter(isContainer)) {
      const tensor = inner.outputs[0];
      const value = tensor && values.get(tensor.id);
      if (tensor && value !== undefined) addSite(`${prefix}${inner.name}`, inner, tensor, value);
    }
  };

  const inputs = model.inputs.map((tensor, i) =>
    addSite(tensor.sourceLayer.name, tensor.sourceLayer, tensor, addValue(inputShapes?.[i] ?? tensor.shape)),
  );
  const outputs = visit(
    model,
    inputs.map(({ value }) => value),
    '',
  );
  const named = [...sites.values()];
  const outputSites = outputs.map((value, i): Site => {
    const tensor = model.outputs[i] as SymbolicTensor;
    return (
      named.find((candidate) => candidate.value === value) ?? addSite(tensor.name, tensor.sourceLayer, tensor, value)
    );
  });
  return graph.finish(inputs, outputSites);
}

/** Whether a layer does something of its own before it applies the activation that it was given. */
function hasFusedActivation(layer: Layer, operations: readonly Operation[]): boolean {
  const { activation } = layer as Layer & { activation?: { getClassName(): string } | null };
  return (
    operations.length > 1 && activation !== null && activation !== undefined && activation.getClassName() !== 'linear'
  );
}

/**
 * The address of the layer call behind a tensor: `layer`, `container/layer`, and `layer#1` for the second call of a
 * shared layer, counted among the calls that this container makes.
 */
function addresses(container: Container, prefix: string): (tensor: SymbolicTensor) => string {
  const calls = new Map<Layer, Set<number>>();
  const seen = new Set<number>();
  const pending = [...container.outputs];
  for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
    if (seen.has(tensor.id)) continue;
    seen.add(tensor.id);
    const { sourceLayer, nodeIndex } = tensor;
    calls.set(sourceLayer, (calls.get(sourceLayer) ?? new Set()).add(nodeIndex));
    if (!container.inputs.some(({ id }) => id === tensor?.id)) {
      pending.push(...(sourceLayer.inboundNodes[nodeIndex]?.inputTensors ?? []));
    }
  }
  const folders = dissolved(container, '');
  return ({ sourceLayer, nodeIndex }) => {
    const order = [...(calls.get(sourceLayer) ?? [])].sort((a, b) => a - b).indexOf(nodeIndex);
    return `${prefix}${folders.get(sourceLayer) ?? ''}${sourceLayer.name}${order > 0 ? `#${order}` : ''}`;
  };
}

/** The names of the containers around each layer that is only reached through them. */
function dissolved(container: Container, folder: string): Map<Layer, string> {
  const folders = new Map<Layer, string>();
  for (const layer of container.layers) {
    if (!isContainer(layer)) folders.set(layer, folder);
    else for (const [inner, path] of dissolved(layer, `${folder}${layer.name}/`)) folders.set(inner, path);
  }
  return folders;
}
