import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import type { Json } from '../loading/modelJson.ts';
import {
  type Argument,
  type KerasCall,
  type KerasLayer,
  type KerasModel,
  type TensorReference,
  tensorsOf,
  titleOf,
} from './kerasModel.ts';
import { isOperation } from './translateOperation.ts';

/**
 * Refuses a model whose graph cannot be completed, nested ones included: tfjs-layers waits for what is missing for ever.
 *
 * @throws {VitrineError} that names the layer: a name used twice, a layer or call that is not there, a cycle.
 */
export function assertGraph(model: KerasModel): void {
  assertNamesApart(model);
  for (const { model: inner } of model.layers) if (inner) assertGraph(inner);
  if (model.sequential) return;
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  for (const layer of model.layers) {
    for (const reference of inputsOf(layer)) assertMade(reference, layers, titleOf(layer));
    assertConnected(layer);
  }
  for (const reference of model.inputs) assertMade(reference, layers, `input of "${model.name}"`);
  for (const reference of model.outputs) assertMade(reference, layers, `output of "${model.name}"`);
  if (model.outputs.length === 0) throw new VitrineError('bad-file', `"${model.name}" expected outputs, got none`);
  assertNoCycle(model.layers);
}

function assertNamesApart({ layers }: KerasModel): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name))
      throw new VitrineError('bad-file', `expected layers with names of their own, got "${name}" twice`);
    seen.add(name);
  }
}

function assertMade(
  { layer: name, call, output }: TensorReference,
  layers: ReadonlyMap<string, KerasLayer>,
  reader: string,
): void {
  const layer = layers.get(name);
  if (!layer) {
    const near = nearestNames(name, [...layers.keys()]).join(', ');
    throw new VitrineError('bad-file', `${reader} reads layer "${name}", which is not there; near: ${near}`);
  }
  const calls = callCount(layer);
  if (call < 0 || call >= calls) {
    throw new VitrineError(
      'bad-file',
      `${reader} reads call ${call} of layer "${name}", which is called ${calls} times`,
    );
  }
  const outputs = layer.model && !layer.model.sequential ? layer.model.outputs.length : undefined;
  if (output < 0 || (outputs !== undefined && output >= outputs)) {
    throw new VitrineError(
      'bad-file',
      `${reader} reads output ${output} of layer "${name}", which has ${outputs ?? 1}`,
    );
  }
}

function assertConnected(layer: KerasLayer): void {
  if (layer.kind === 'InputLayer') return;
  if (layer.calls.length === 0) {
    throw new VitrineError('bad-file', `${titleOf(layer)} expected inbound_nodes with at least one call, got none`);
  }
  for (const call of layer.calls) {
    const constant = isOperation(layer) ? undefined : call.args.map(constantIn).find((value) => value !== undefined);
    if (constant !== undefined) {
      throw new VitrineError('bad-file', `${titleOf(layer)} expected tensors to read, got ${JSON.stringify(constant)}`);
    }
    if (readBy(call).length > 0) continue;
    throw new VitrineError('bad-file', `${titleOf(layer)} expected a tensor to read on each of its calls, got none`);
  }
}

/** A constant among arguments that says anything. */
function constantIn(argument: Argument): Json | undefined {
  if ('list' in argument) return argument.list.map(constantIn).find((value) => value !== undefined);
  return 'value' in argument && argument.value !== null && argument.value !== false ? argument.value : undefined;
}

function callCount({ kind, calls }: KerasLayer): number {
  return kind === 'InputLayer' ? 1 : calls.length;
}

/** Makes the calls in an order in which they can be made (Kahn); what is left waits for itself. */
function assertNoCycle(layers: readonly KerasLayer[]): void {
  const waiting = new Map<string, { layer: KerasLayer; missing: number }>();
  const readers = new Map<string, string[]>();
  for (const layer of layers) {
    layer.calls.forEach((call, number) => {
      const needed = new Set(readBy(call).map(keyOf));
      if (number > 0) needed.add(keyOf({ layer: layer.name, call: number - 1 }));
      const key = keyOf({ layer: layer.name, call: number });
      waiting.set(key, { layer, missing: needed.size });
      for (const other of needed) {
        const list = readers.get(other) ?? [];
        list.push(key);
        readers.set(other, list);
      }
    });
  }
  const ready = layers.filter(({ kind }) => kind === 'InputLayer').map(({ name }) => keyOf({ layer: name, call: 0 }));
  for (const [key, { missing }] of waiting) if (missing === 0) ready.push(key);
  for (const key of ready) {
    waiting.delete(key);
    for (const reader of readers.get(key) ?? []) {
      const call = waiting.get(reader);
      if (call && --call.missing === 0) ready.push(reader);
    }
  }
  const [stuck] = waiting.values();
  if (stuck)
    throw new VitrineError(
      'bad-file',
      `${titleOf(stuck.layer)} waits for its own output: its connections form a cycle`,
    );
}

function keyOf({ layer, call }: Pick<TensorReference, 'layer' | 'call'>): string {
  return `${call} ${layer}`;
}

function inputsOf({ calls }: KerasLayer): readonly TensorReference[] {
  return calls.flatMap(readBy);
}

function readBy({ args, named }: KerasCall): readonly TensorReference[] {
  return [...args, ...Object.values(named)].flatMap(tensorsOf);
}
