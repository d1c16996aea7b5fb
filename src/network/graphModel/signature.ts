import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import { openShape, shapeOf } from './attributes.ts';
import { type GraphInput, type GraphNode, type GraphOutput, type GraphSource, referred } from './graphSource.ts';

type Nodes = GraphSource['nodes'];

/** The nodes of a graph by name, from the JSON of a GraphDef or from tfjs-converter's own nodes. */
export function nodesByName(nodes: readonly GraphNode[], name: string): Nodes {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  if (byName.size < nodes.length) {
    const twice = nodes.find((node) => byName.get(node.name) !== node);
    throw new VitrineError('bad-file', `"${name}" has two nodes of the name "${twice?.name}"`);
  }
  return byName;
}

/** The inputs that the signature names; without one, all placeholders. */
export function inputsOf(nodes: Nodes, signature: unknown, name: string): readonly GraphInput[] {
  const signed = entriesOf(signature, 'inputs').flatMap(({ entry }) => {
    const node = nodes.get(referred(String(entry['name'])).node);
    return node ? [{ node, shape: openShape(entry['tensorShape']) }] : [];
  });
  const placeholders = [...nodes.values()]
    .filter(({ op }) => op === 'Placeholder')
    .map((node) => ({ node, shape: undefined }));
  const found = signed.length > 0 ? signed : placeholders;
  return found.map(({ node, shape }) => ({
    node: node.name,
    shape: batched(shape ?? shapeOf(node, 'shape'), node.name, name),
  }));
}

/** The outputs that the signature names; without one, what no other node reads. */
export function outputsOf(nodes: Nodes, signature: unknown, name: string): readonly GraphOutput[] {
  const signed = entriesOf(signature, 'outputs').map(({ key, entry }) => ({ key, from: String(entry['name']) }));
  const missing = signed.find(({ from }) => !nodes.has(referred(from).node));
  if (missing)
    throw new VitrineError(
      'bad-file',
      `"${name}" has no node "${missing.from}", which its signature names as an output`,
    );
  if (signed.length > 0) return signed;
  const read = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map((input) => referred(input).node)));
  const last = [...nodes.values()].filter(
    (node) => !read.has(node.name) && !['Const', 'NoOp', 'Placeholder'].includes(node.op),
  );
  return last.map((node) => ({ key: undefined, from: node.name }));
}

/** Whatever number of examples the graph was made for, it is run on any. */
function batched(shape: OpenShape | undefined, node: string, name: string): OpenShape {
  if (shape && shape.length > 0) return [null, ...shape.slice(1)];
  throw new VitrineError(
    'bad-file',
    `"${name}": input "${node}" expected a shape with a batch axis, got ${shape ? '[]' : 'none'}`,
  );
}

function entriesOf(signature: unknown, part: string): { key: string; entry: Readonly<Record<string, unknown>> }[] {
  const signed = isObject(signature) ? signature[part] : undefined;
  const entries = isObject(signed) ? Object.entries(signed) : [];
  return entries.flatMap(([key, entry]) =>
    isObject(entry) && typeof entry['name'] === 'string' ? [{ key, entry }] : [],
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
