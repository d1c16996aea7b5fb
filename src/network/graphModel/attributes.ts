import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import type { GraphNode } from './graphSource.ts';

// The attributes of a node, in the JSON of a GraphDef: texts in base64, whole numbers as texts.

type Attribute = Readonly<Record<string, unknown>>;

/** A text. */
export function textOf(node: GraphNode, name: string, otherwise?: string): string {
  const attribute = attributeOf(node, name);
  return attribute === undefined ? required(node, name, otherwise) : decoded(attribute['s'], node, name);
}

/** A list of texts; empty where there is none. */
export function textsOf(node: GraphNode, name: string): readonly string[] {
  return listOf(node, name, 's').map((item) => decoded(item, node, name));
}

/** A number. */
export function numberOf(node: GraphNode, name: string, otherwise?: number): number {
  const attribute = attributeOf(node, name);
  if (attribute === undefined) return required(node, name, otherwise);
  return numeric(attribute['i'] ?? attribute['f'] ?? 0, node, name);
}

/** A list of whole numbers; empty where there is none. */
export function integersOf(node: GraphNode, name: string): readonly number[] {
  return listOf(node, name, 'i').map((item) => numeric(item, node, name));
}

/** Whether a switch is on. */
export function flagOf(node: GraphNode, name: string): boolean {
  return attributeOf(node, name)?.['b'] === true;
}

/** A shape with `null` for what is open; `undefined` where even its rank is. */
export function shapeOf(node: GraphNode, name: string): OpenShape | undefined {
  return openShape(attributeOf(node, name)?.['shape']);
}

/** The name of a type, such as `DT_FLOAT`. */
export function typeOf(node: GraphNode, name: string): string {
  return String(attributeOf(node, name)?.['type'] ?? '');
}

/** A TensorShape: `{ dim: [{ size }] }` with −1 for what is open. */
export function openShape(shape: unknown): OpenShape | undefined {
  if (!isObject(shape) || shape['unknownRank'] === true) return undefined;
  const dims = Array.isArray(shape['dim']) ? (shape['dim'] as unknown[]) : [];
  return dims.map((dim) => {
    const size = Number((isObject(dim) && dim['size']) || 0);
    return Number.isInteger(size) && size >= 0 ? size : null;
  });
}

function attributeOf({ attributes }: GraphNode, name: string): Attribute | undefined {
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return isObject(attribute) ? attribute : undefined;
}

function listOf(node: GraphNode, name: string, field: 's' | 'i'): readonly unknown[] {
  const list = attributeOf(node, name)?.['list'];
  const items = isObject(list) ? list[field] : undefined;
  return Array.isArray(items) ? items : [];
}

function required<T>({ name, op }: GraphNode, attribute: string, otherwise: T | undefined): T {
  if (otherwise !== undefined) return otherwise;
  throw new VitrineError('unsupported-layer', `node "${name}" (${op}) expected an attribute "${attribute}", got none`);
}

function numeric(value: unknown, node: GraphNode, attribute: string): number {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isNaN(number)) return number;
  throw new VitrineError(
    'unsupported-layer',
    `node "${node.name}" (${node.op}): attribute "${attribute}" expected a number, got ${describe(value)}`,
  );
}

// A graph that was not parsed from JSON has bytes.
function decoded(value: unknown, node: GraphNode, attribute: string): string {
  if (value instanceof Uint8Array || Array.isArray(value)) return String.fromCharCode(...(value as number[]));
  try {
    return atob(String(value ?? ''));
  } catch (cause) {
    throw new VitrineError(
      'unsupported-layer',
      `node "${node.name}" (${node.op}): attribute "${attribute}" expected base64`,
      { cause },
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
