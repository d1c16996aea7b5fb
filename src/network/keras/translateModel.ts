import { VitrineError } from '../../numeric/errors.ts';
import type { Json } from '../loading/modelJson.ts';
import {
  type KerasCall,
  type KerasLayer,
  type KerasModel,
  type TensorReference,
  tensorsOf,
  titleOf,
} from './kerasModel.ts';
import type { TfjsLayer } from './layerRule.ts';
import { inputOf, ranksAlong, ranksIn } from './ranks.ts';
import { translateLayer } from './translateLayer.ts';
import { isOperation, translateOperation } from './translateOperation.ts';

/** A model of Keras as the configuration of one that tfjs-layers opens, layer by layer. */
export function translateModel(model: KerasModel): TfjsLayer {
  const { name, layers } = model;
  if (model.sequential) {
    const ranks = ranksAlong(model);
    const translatedLayers = layers.map((layer, index) => inSequence(layer, index, ranks[index - 1]));
    return { class_name: 'Sequential', config: { name, layers: translatedLayers } };
  }
  const rankOf = ranksIn(model);
  const models = new Set(layers.filter(({ model: inner }) => inner).map((layer) => layer.name));
  const list = (references: readonly TensorReference[]): Json =>
    references.map((reference) => entry(reference, models));
  return {
    class_name: 'Functional',
    config: {
      name,
      layers: layers.map((layer) => inGraph(layer, { models, rankOf })),
      input_layers: list(model.inputs),
      output_layers: list(model.outputs),
    },
  };
}

function inSequence(layer: KerasLayer, index: number, rank: number | undefined): Json {
  const { class_name, config } = translated(layer, rank);
  const shape = layer.config['batch_input_shape'] ?? layer.config['batch_shape'];
  const begins = index === 0 && !layer.model && shape !== undefined;
  return { class_name, config: begins ? { ...config, batch_input_shape: shape } : config };
}

interface Surroundings {
  readonly models: ReadonlySet<string>;
  readonly rankOf: (reference: TensorReference) => number | undefined;
}

function inGraph(layer: KerasLayer, { models, rankOf }: Surroundings): Json {
  const nodes = (calls: readonly (readonly TensorReference[])[]): Json =>
    calls.map((tensors) => tensors.map((tensor) => [...entry(tensor, models), {}]));
  if (isOperation(layer)) {
    const { layer: operation, inputs } = translateOperation(layer);
    return { ...operation, name: layer.name, inbound_nodes: nodes([inputs]) };
  }
  const input = inputOf(layer, 0);
  const made = translated(layer, input && rankOf(input));
  return { ...made, name: layer.name, inbound_nodes: nodes(layer.calls.map((call) => inputsOf(call, layer))) };
}

function translated(layer: KerasLayer, rank: number | undefined): TfjsLayer {
  if (!layer.model) return translateLayer(layer, rank, (inner) => translated(inner, undefined));
  const { class_name, config } = translateModel(layer.model);
  return { class_name, config: { ...config, name: layer.name } };
}

// A nested model is called once, by its own inputs, before its first use.
function entry({ layer, call, output }: TensorReference, models: ReadonlySet<string>): [string, number, number] {
  return [layer, models.has(layer) ? call + 1 : call, output];
}

const inputNames = ['inputs', 'input', 'x', 'sequence', 'sequences', 'initial_state'];

/** The tensors that a layer reads on a call; what else it is called with must say nothing in inference. */
function inputsOf({ args, named }: KerasCall, layer: KerasLayer): readonly TensorReference[] {
  for (const [name, argument] of Object.entries(named)) {
    const says = !('value' in argument) || (argument.value !== null && argument.value !== false);
    if (!says || inputNames.includes(name) || (name === 'training' && !isRandom(layer))) continue;
    if (name === 'training') {
      throw new VitrineError(
        'unsupported-layer',
        `${titleOf(layer)} is called with training=True, so that its output is random: build the model without it`,
      );
    }
    throw new VitrineError('unsupported-layer', `${titleOf(layer)} is called with "${name}", which is not supported`);
  }
  return [...args, ...inputNames.flatMap((name) => named[name] ?? [])].flatMap(tensorsOf);
}

// Keras 3 notes `training` where it is the default, and does not follow it when a model predicts.
function isRandom({ kind, generation, model }: KerasLayer): boolean {
  return generation === 2 && (model !== undefined || /^Random|Dropout|Noise|BatchNorm/.test(kind));
}
