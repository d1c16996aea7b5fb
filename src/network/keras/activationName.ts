import { serialization } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import { isObject, type Json, type JsonObject } from '../loading/modelJson.ts';
import type { Generation } from './kerasModel.ts';
import { ours } from './layerRule.ts';

// Keras's names of those that tfjs-layers computes as Keras does.
const stock: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'linear',
      'relu',
      'relu6',
      'sigmoid',
      'softmax',
      'tanh',
      'elu',
      'selu',
      'softplus',
      'softsign',
      'swish',
      'gelu',
    ].map((name) => [name, name]),
  ),
  silu: 'swish',
  mish: 'mish',
  log_softmax: 'log_softmax',
};

const own: Readonly<Record<string, string>> = {
  hard_silu: 'hardSilu',
  hard_swish: 'hardSilu',
  leaky_relu: 'leakyRelu',
  exponential: 'exponential',
  log_sigmoid: 'logSigmoid',
  celu: 'celu',
  squareplus: 'squareplus',
  tanh_shrink: 'tanhShrink',
  soft_shrink: 'softShrink',
  hard_shrink: 'hardShrink',
  hard_tanh: 'hardTanh',
  sparse_plus: 'sparsePlus',
  sparse_sigmoid: 'sparseSigmoid',
};

interface Place {
  /** The layer, for messages. */
  readonly layer: string;
  readonly generation: Generation;
}

/** The activation of a layer of Keras, a name, a function or a layer, as tfjs-layers or we call it. */
export function activationName(value: Json, place: Place): string {
  if (value === null) return 'linear';
  if (typeof value === 'string') return named(value, place);
  if (!isObject(value))
    throw new VitrineError(
      'unsupported-layer',
      `${place.layer}: activation expected a name, got ${JSON.stringify(value)}`,
    );
  const { class_name: kind, config, registered_name: registered } = value;
  if (kind === 'function') return named(String(config), place);
  const rule = layers[String(kind)];
  if (rule) return rule(isObject(config) ? config : {}, place);
  return named(String(registered ?? kind), place);
}

function named(name: string, { layer, generation }: Place): string {
  if (name === 'hard_sigmoid') return generation === 3 ? ours('hardSigmoid') : name;
  const mended = own[name];
  const known = stock[name] ?? (mended === undefined ? undefined : ours(mended));
  if (known !== undefined) return known;
  const registered = [name, name.replace(/^.*>/, '')].find((candidate) => isRegistered(candidate));
  if (registered) return registered;
  const near = nearestNames(name, [...Object.keys(stock), ...Object.keys(own), 'hard_sigmoid'], 3).join(', ');
  throw new VitrineError(
    'unsupported-layer',
    `${layer}: activation "${name}" is not known: use one of Keras, or put the function behind the layer as operations ` +
      `of keras.ops or tf; near: ${near}`,
  );
}

// A layer given as an activation, `Dense(8, activation=LeakyReLU(0.1))`; its numbers become part of the name.
const layers: Readonly<Record<string, (config: JsonObject, place: Place) => string>> = {
  LeakyReLU: (config) => withNumbers('leakyRelu', [numberOf(config['negative_slope'] ?? config['alpha']) ?? 0.3]),
  ELU: (config) => withNumbers('elu', [numberOf(config['alpha']) ?? 1]),
  Softmax: ({ axis = -1 }, { layer }) => {
    if (axis === -1) return 'softmax';
    throw new VitrineError(
      'unsupported-layer',
      `${layer}: a Softmax over axis ${JSON.stringify(axis)} is not supported here: put it behind as a layer`,
    );
  },
  ReLU: (config) =>
    withNumbers(
      'relu',
      ['max_value', 'negative_slope', 'threshold'].map((name) => numberOf(config[name])),
    ),
  Activation: (config, place) => activationName(config['activation'] ?? null, place),
};

function withNumbers(name: string, numbers: readonly (number | null)[]): string {
  return `${ours(name)}(${numbers.map(String).join(',')})`;
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** Whether the caller registered an activation of that name; layers are in the same list. */
function isRegistered(name: string): boolean {
  const known = serialization.SerializationMap.getMap().classNameMap[name];
  const made = known?.[0].prototype as object | undefined;
  return made !== undefined && 'apply' in made && !(made instanceof tfl.layers.Layer);
}
