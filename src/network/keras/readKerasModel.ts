import { VitrineError } from '../../numeric/errors.ts';
import { isObject, type Json, type JsonObject } from '../loading/modelJson.ts';
import type { Argument, Generation, KerasCall, KerasLayer, KerasModel, TensorReference } from './kerasModel.ts';
import { isKeras3Node, readCall, readReferences } from './readCalls.ts';

/**
 * Reads the class and configuration of a model, functional or sequential, of Keras 2, Keras 3 or tfjs-layers.
 *
 * @throws {VitrineError} if it is neither: a subclassed model keeps its graph in Python.
 */
export function readKerasModel(topology: JsonObject): KerasModel {
  const { class_name: kind, config } = topology;
  const content = Array.isArray(config) ? { layers: config } : config;
  if (!isObject(content) || !Array.isArray(content['layers']))
    throw new VitrineError('unsupported-layer', notAGraph(String(kind)));
  const layers = content['layers'].map(asObject);
  const generation = layers.some(({ inbound_nodes: nodes }) => asList(nodes).some(isKeras3Node))
    ? 3
    : generationOf(layers);
  const read = layers.map((layer, index) => readLayer(layer, { index, generation }));
  const sequential = !('output_layers' in content);
  const model: KerasModel = {
    name: typeof content['name'] === 'string' ? content['name'] : 'model',
    sequential,
    layers: sequential ? withInput(read, content['build_input_shape']) : read,
    inputs: readReferences(content['input_layers']),
    outputs: readReferences(content['output_layers']),
  };
  return generation === 2 ? withoutOwnNodes(model) : model;
}

/** The layer inside a wrapper. */
export function readInnerLayer(entry: Json | undefined, generation: Generation): KerasLayer {
  if (!isObject(entry))
    throw new VitrineError('unsupported-layer', `expected a layer inside, got ${JSON.stringify(entry)}`);
  return readLayer(entry, { index: 0, generation });
}

function readLayer(entry: JsonObject, { index, generation }: { index: number; generation: Generation }): KerasLayer {
  const config = asObject(plain(entry['config'] ?? null));
  // In a graph calls go by the outer name, which tfjs-layers waits for where there is none.
  const name = entry['inbound_nodes'] === undefined ? (entry['name'] ?? config['name']) : entry['name'];
  const kind = kindOf(entry);
  if (typeof name !== 'string' || name === '') {
    throw new VitrineError(
      'unsupported-layer',
      `expected a name for each layer, got ${JSON.stringify(name)} for layer ${index + 1} (${kind})`,
    );
  }
  // tfjs-layers waits for ever for a layer that has another name inside.
  const again = Array.isArray(entry['config']) ? name : config['name'];
  if (again !== name)
    throw new VitrineError(
      'unsupported-layer',
      `layer "${name}" (${kind}): expected that name again, got ${JSON.stringify(again)}`,
    );
  const build = entry['build_config'];
  return {
    name,
    kind,
    module: typeof entry['module'] === 'string' ? entry['module'] : undefined,
    config,
    calls: asList(entry['inbound_nodes']).map(readCall),
    model: isModel(config, entry) ? readKerasModel(entry) : undefined,
    builtFor: isObject(build) ? build['input_shape'] : undefined,
    generation,
  };
}

/** The class, with its package where that is not Keras's own. */
function kindOf({ class_name: name, registered_name: registered, module }: JsonObject): string {
  if (typeof name !== 'string')
    throw new VitrineError('unsupported-layer', `expected layers with a class_name, got ${JSON.stringify(name)}`);
  if (typeof registered === 'string' && registered.includes('>')) return registered.replace(/^keras>/i, '');
  const isForeign = typeof module === 'string' && !/^(tf_)?keras(\.|$)/.test(module);
  return isForeign && !name.includes('>') ? `Custom>${name}` : name;
}

function isModel(config: JsonObject, { class_name: kind, config: given }: JsonObject): boolean {
  return Array.isArray(config['layers']) || (kind === 'Sequential' && Array.isArray(given));
}

// A sequential model has no calls to tell by.
function generationOf(layers: readonly JsonObject[]): Generation {
  const isSign = ({ config }: JsonObject): boolean =>
    'batch_shape' in asObject(config) || asObject(asObject(config)['dtype'])['class_name'] === 'DTypePolicy';
  return layers.some(isSign) ? 3 : 2;
}

/** A sequential model that was built by its first call says for which shape. */
function withInput(layers: readonly KerasLayer[], shape: Json | undefined): readonly KerasLayer[] {
  const first = layers[0];
  if (!first || first.kind === 'InputLayer' || first.model || 'batch_input_shape' in first.config) return layers;
  const built = shape ?? first.builtFor;
  if (!Array.isArray(built)) return layers;
  const config = { name: `${first.name}_input`, batch_input_shape: built, dtype: 'float32' };
  return [{ ...first, name: config.name, kind: 'InputLayer', module: undefined, config, model: undefined }, ...layers];
}

/**
 * In Keras 2 and in tfjs-layers the call that made a model, by its own inputs, is number 0 of its calls, and its first
 * use is number 1; except where it is sequential and got its inputs by that use.
 */
function withoutOwnNodes(model: KerasModel): KerasModel {
  const counted = new Set(
    model.layers.filter(({ model: inner, config }) => inner && hasInput(config)).map(({ name }) => name),
  );
  if (counted.size === 0) return model;
  const moved = (reference: TensorReference): TensorReference =>
    counted.has(reference.layer) ? { ...reference, call: reference.call - 1 } : reference;
  const inArgument = (argument: Argument): Argument => {
    if ('tensor' in argument) return { tensor: moved(argument.tensor) };
    return 'list' in argument ? { list: argument.list.map(inArgument) } : argument;
  };
  const inCall = ({ args, named }: KerasCall): KerasCall => ({
    args: args.map(inArgument),
    named: Object.fromEntries(Object.entries(named).map(([name, argument]) => [name, inArgument(argument)])),
  });
  return {
    ...model,
    layers: model.layers.map((layer) => ({ ...layer, calls: layer.calls.map(inCall) })),
    inputs: model.inputs.map(moved),
    outputs: model.outputs.map(moved),
  };
}

function hasInput(config: JsonObject): boolean {
  if ('output_layers' in config) return true;
  const first = asObject(asList(config['layers'])[0] ?? null);
  return first['class_name'] === 'InputLayer' || 'batch_input_shape' in asObject(first['config']);
}

/** Tuples and arrays of NumPy as the lists they hold. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if (value['class_name'] === '__tuple__') return plain(value['items'] ?? []);
  if (value['class_name'] === '__numpy__') return plain(asObject(value['config'])['value'] ?? null);
  return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, plain(content ?? null)]));
}

function notAGraph(kind: string): string {
  return (
    `expected class Sequential, Functional or Model, got "${kind}", whose graph is not in the file: a subclassed model ` +
    'keeps it in Python code; make a functional model of it, keras.Model(inputs, model.call(inputs)), and save that'
  );
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
