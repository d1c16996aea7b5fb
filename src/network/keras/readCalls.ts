import { VitrineError } from '../../numeric/errors.ts';
import { isObject, type Json, type JsonObject } from '../loading/modelJson.ts';
import type { Argument, KerasCall, TensorReference } from './kerasModel.ts';

/** Whether a node is one of Keras 3: `{args, kwargs}`. */
export function isKeras3Node(node: Json | undefined): boolean {
  return isObject(node) && 'args' in node;
}

/** One call of a layer, from the `inbound_nodes` of Keras 2 or of Keras 3. */
export function readCall(node: Json): KerasCall {
  if (isKeras3Node(node)) return keras3Call(node as JsonObject);
  if (Array.isArray(node)) return keras2Call(node);
  if (isObject(node)) return { args: sorted(node).map(keras2Argument), named: {} };
  throw new VitrineError(
    'unsupported-layer',
    `expected inbound_nodes of lists or of {args, kwargs}, got ${JSON.stringify(node)}`,
  );
}

/** The tensors that a model begins or ends with: one `[layer, call, output]`, a list or an object of such, nested. */
export function readReferences(value: Json | undefined): readonly TensorReference[] {
  if (isReference(value)) return [referenceOf(value)];
  if (Array.isArray(value)) return value.flatMap(readReferences);
  return isObject(value) ? sorted(value).flatMap(readReferences) : [];
}

function keras3Call({ args, kwargs }: JsonObject): KerasCall {
  return { args: asList(args).map(keras3Argument), named: mapped(kwargs, keras3Argument) };
}

function keras3Argument(value: Json): Argument {
  if (Array.isArray(value)) return listOrValue(value, keras3Argument);
  if (!isObject(value)) return { value };
  const { class_name: kind, config } = value;
  if (kind === '__keras_tensor__' && isObject(config)) return { tensor: referenceOf(asList(config['keras_history'])) };
  if (kind === '__tuple__') return listOrValue(asList(value['items']), keras3Argument);
  if ((kind === '__tensor__' || kind === '__numpy__') && isObject(config)) return { value: config['value'] ?? null };
  return typeof kind === 'string' ? { value } : listOrValue(sorted(value), keras3Argument);
}

// Keras 2 writes [[layer, call, output, kwargs], …]; where a layer keeps the structure of its arguments, one tensor
// stands without the outer brackets, and the kwargs may hold tensors.
function keras2Call(node: readonly Json[]): KerasCall {
  if (typeof node[0] === 'string') return { args: [keras2Argument(node)], named: keras2Named(node) };
  const first = node.find(Array.isArray) as readonly Json[] | undefined;
  return { args: [listOrValue(node, keras2Argument)], named: keras2Named(first ?? []) };
}

function keras2Named(entry: readonly Json[]): KerasCall['named'] {
  return mapped(entry[3], keras2Argument);
}

function keras2Argument(value: Json): Argument {
  if (Array.isArray(value) && value[0] === '_CONSTANT_VALUE') return { value: value[2] ?? null };
  if (isReference(value)) return { tensor: referenceOf(value) };
  return Array.isArray(value) ? listOrValue(value, keras2Argument) : { value };
}

function listOrValue(items: readonly Json[], convert: (item: Json) => Argument): Argument {
  const list = items.map(convert);
  const constant = list.every((item): item is { value: Json } => 'value' in item);
  return constant ? { value: list.map(({ value }) => value) } : { list };
}

function mapped(given: Json | undefined, convert: (value: Json) => Argument): Record<string, Argument> {
  if (!isObject(given)) return {};
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, convert(value ?? null)]));
}

/** The values of an object as Keras flattens it: by the order of its keys. */
function sorted(object: JsonObject): readonly Json[] {
  return Object.keys(object)
    .sort()
    .map((key) => object[key] ?? null);
}

function isReference(value: Json | undefined): value is readonly Json[] {
  return (
    Array.isArray(value) &&
    (value.length === 3 || value.length === 4) &&
    typeof value[0] === 'string' &&
    Number.isInteger(value[1]) &&
    Number.isInteger(value[2])
  );
}

function referenceOf(value: readonly Json[]): TensorReference {
  if (isReference(value)) return { layer: value[0] as string, call: value[1] as number, output: value[2] as number };
  throw new VitrineError('unsupported-layer', `expected [layer, call, output], got ${JSON.stringify(value)}`);
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
