import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { OpenShape, OperationGraph, Site } from '../graph/graph.ts';
import { growingGraph } from '../graph/growingGraph.ts';
import { joinedSteps } from '../plan/joinedSteps.ts';
import type { WeightStore } from '../walk/store.ts';
import { applyFunction } from './applyFunction.ts';
import { foldNode } from './foldNode.ts';
import { type Given, type GivenValue, isKnown, type Known } from './given.ts';
import { type GraphNode, type GraphSource, referred } from './graphSource.ts';
import { knownWeight } from './known.ts';
import { lowerNode } from './lowerNode.ts';
import { type Made, type NodeCall, titleOf } from './nodeCall.ts';
import { nodesInOrder } from './nodesInOrder.ts';

/**
 * Reads the nodes of a GraphModel into one graph of operations. Their shapes are told from node to node, as a GraphModel
 * has those of its inputs alone; `inputShapes` take the place of these.
 */
export function buildGraphModel(
  graph: GraphSource,
  store: WeightStore,
  inputShapes?: readonly OpenShape[],
): OperationGraph {
  const growing = growingGraph();
  const { sites, shapes, addValue, append } = growing;
  const given = new Map<string, readonly (Given | undefined)[]>();
  const order = nodesInOrder(graph);
  const outputsRead = readOutputs(order, graph);

  const addSite = (address: string, { value, layerClass, weights = [] }: SiteRequest): Site => {
    const parameterCount = weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0);
    return growing.addSite({ address, layerClass, value, parameterCount, shape: shapes[value] as OpenShape });
  };

  const place = ({ name, op }: GraphNode, { operations, values, shape, ...made }: Made): GivenValue => {
    const value = append(
      operations,
      values.map((read) => read.value),
      shape,
    );
    // The node's own activation is its last operation; what enters it was made just before.
    if (made.activated) addSite(`${name}@preactivation`, { value: value - 1, layerClass: op });
    return { value, shape, ...(made.view && { view: made.view }) };
  };

  const outputsOf = (call: NodeCall): readonly Result[] => {
    const known = foldNode(call);
    if (known) return known;
    const lowered = lowerNode(call);
    if ('outputs' in lowered) return lowered.outputs;
    return 'fn' in lowered ? applyFunction(call, lowered, outputsRead.get(call.node.name) ?? []) : [lowered];
  };

  const visit = (node: GraphNode): void => {
    const source = { address: node.name, layerClass: node.op, store };
    if (node.op === 'Const') return void given.set(node.name, [knownWeight({ node, source }, graph)]);
    const inputs = node.inputs.map((reference) => givenAt(given, reference, node));
    const results = outputsOf({ node, inputs, source });
    const outputs = results.map((result) => (result && 'operations' in result ? place(node, result) : result));
    given.set(node.name, outputs);
    outputs.forEach((output, i) => {
      if (!output || isKnown(output)) return;
      const weights = weightsOf(results[i]);
      addSite(i === 0 ? node.name : `${node.name}:${i}`, { value: output.value, layerClass: node.op, weights });
    });
  };

  const inputs = graph.inputs.map(({ node, shape }, i) => {
    const value = addValue(inputShapes?.[i] ?? shape);
    given.set(node, [{ value, shape: shapes[value] as OpenShape }]);
    return addSite(node, { value, layerClass: 'InputLayer' });
  });
  for (const node of order) if (!given.has(node.name)) named(graph, node, () => visit(node));
  const outputs = graph.outputs.map(({ from, key }) => {
    const { node, output } = referred(from);
    const site = sites.get(output === 0 ? node : `${node}:${output}`);
    if (!site)
      throw new VitrineError('unsupported-layer', `"${graph.name}": output "${from}" does not depend on the input`);
    if (key !== undefined && !key.includes(':')) addSite(key, site);
    return site;
  });
  return { ...growing.finish(inputs, outputs), joined: joinedSteps };
}

type Result = Given | Made | undefined;

interface SiteRequest {
  readonly value: number;
  readonly layerClass: string;
  readonly weights?: readonly Known[] | undefined;
}

/** Which outputs of each node are read, by others or by the user. */
function readOutputs(order: readonly GraphNode[], { outputs }: GraphSource): ReadonlyMap<string, readonly number[]> {
  const read = new Map<string, number[]>();
  for (const reference of [...order.flatMap(({ inputs }) => inputs), ...outputs.map(({ from }) => from)]) {
    const { node, output } = referred(reference);
    read.set(node, [...(read.get(node) ?? []), output]);
  }
  return read;
}

function givenAt(
  given: ReadonlyMap<string, readonly (Given | undefined)[]>,
  reference: string,
  node: GraphNode,
): Given {
  const { node: from, output } = referred(reference);
  const found = given.get(from)?.[output];
  if (found) return found;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf({ node })} reads output ${output} of node "${from}", which it does not have`,
  );
}

function weightsOf(result: Result): readonly Known[] | undefined {
  return result && 'operations' in result ? result.weights : undefined;
}

/** Says in which file and at which node something went wrong. */
function named(graph: GraphSource, node: GraphNode, job: () => void): void {
  try {
    job();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const title = titleOf({ node });
    throw new VitrineError(
      'unsupported-layer',
      `"${graph.name}": ${reason.startsWith(title) ? reason : `${title}: ${reason}`}`,
      { cause },
    );
  }
}
