import { VitrineError } from '../../../numeric/errors.ts';
import { isObject, type Json } from '../../loading/modelJson.ts';
import type { KerasLayer } from '../kerasModel.ts';
import { type LayerRule, type LayerRules, type Options, oursIf } from '../layerRule.ts';
import { readInnerLayer } from '../readKerasModel.ts';

const cell = ['units', 'activation', 'use_bias', 'dropout', 'recurrent_dropout'];
const gated = [...cell, 'recurrent_activation'];
const sequence = ['return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll'];
// Ours, as tfjs-layers has no `reset_after`.
const resetting = (name: string): NonNullable<LayerRule['as']> =>
  oursIf(name, ({ reset_after: after }) => after === true);
const alike = {
  // Masks, of which `zero_output_for_mask` speaks, are not followed.
  training: ['implementation', 'unit_forget_bias', 'input_length', 'input_dim', 'zero_output_for_mask'],
  only: { time_major: [false] } as LayerRule['only'] & object,
} satisfies LayerRule;

/** Recurrent layers and layers around others. */
export const recurrent: LayerRules = {
  SimpleRNN: { ...alike, options: [...cell, ...sequence] },
  LSTM: { ...alike, options: [...gated, ...sequence] },
  GRU: { ...alike, options: [...gated, ...sequence, 'reset_after'], as: resetting('GRU'), change: withoutReset },
  SimpleRNNCell: { ...alike, options: cell, change: quickToBuild },
  LSTMCell: { ...alike, options: gated, change: quickToBuild },
  GRUCell: {
    ...alike,
    options: [...gated, 'reset_after'],
    as: resetting('GRUCell'),
    change: (options) => quickToBuild(withoutReset(options)),
  },
  ConvLSTM2D: {
    ...alike,
    options: [
      ...['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'use_bias', 'activation'],
      ...['recurrent_activation', 'dropout', 'recurrent_dropout', ...sequence],
    ],
  },
  RNN: { ...alike, options: [...sequence, 'cell'], wrap: around('cell') },
  StackedRNNCells: { options: ['cells'], wrap: around('cells') },
  TimeDistributed: { options: ['layer'], wrap: around('layer') },
  Bidirectional: {
    options: ['layer', 'merge_mode'],
    training: ['backward_layer'],
    wrap: (layer, options, translate) => {
      assertMirrored(layer);
      // Keras 3 writes the name with the word that tfjs-layers puts before it.
      const inner = (forward: KerasLayer): KerasLayer => ({ ...forward, name: forward.name.replace(/^forward_/, '') });
      return around('layer')(layer, options, (forward) => translate(inner(forward)));
    },
  },
  // Its kernel is stored as it is used, divided by its norm; the vector that estimates the norm is for training.
  SpectralNormalization: {
    options: ['layer'],
    training: ['power_iterations'],
    wrap: (layer, _options, translate) => {
      const inner = translate(readInnerLayer(layer.config['layer'], layer.generation));
      return { ...inner, config: { ...inner.config, name: layer.name } };
    },
  },
};

function around(name: string): NonNullable<LayerRule['wrap']> {
  return (layer, options, translate) => {
    const one = (given: Json | undefined): Json => ({ ...translate(readInnerLayer(given, layer.generation)) });
    const given = options[name];
    const inner = Array.isArray(given) ? given.map(one) : one(given);
    return { class_name: layer.kind, config: { ...options, [name]: inner, name: layer.name } };
  };
}

function withoutReset({ reset_after: _, ...options }: Options): Options {
  return options;
}

/** tf.loadLayersModel draws the orthogonal matrices of stacked cells, for which it needs the chained operations of tfjs. */
function quickToBuild(options: Options): Options {
  return { ...options, recurrent_initializer: 'zeros' };
}

/** tfjs-layers makes the backward layer from the forward one. */
function assertMirrored({ config }: KerasLayer): void {
  const { layer, backward_layer: backward } = config;
  if (!isObject(backward) || JSON.stringify(essence(layer)) === JSON.stringify(essence(backward))) return;
  throw new VitrineError('unsupported-layer', 'a backward_layer with options of its own is not supported');
}

function essence(layer: Json | undefined): Json {
  const config = isObject(layer) && isObject(layer['config']) ? layer['config'] : {};
  const left = Object.entries(config).filter(
    ([name]) => !['name', 'go_backwards', 'seed'].includes(name) && !/_initializer$/.test(name),
  );
  return Object.fromEntries(left) as Json;
}
