import { serialization } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import type { Json, JsonObject } from '../loading/modelJson.ts';
import { namesLayer, reasonOf } from '../loading/naming.ts';
import { activationName } from './activationName.ts';
import { type KerasLayer, titleOf } from './kerasModel.ts';
import type { LayerRule, Options, TfjsLayer, Translate } from './layerRule.ts';
import { rules } from './rules/index.ts';

// What Keras writes for every layer and what concerns training or the numbers' type alone; float32 is computed.
const common = [
  'name',
  'trainable',
  'dtype',
  'batch_input_shape',
  'batch_shape',
  'autocast',
  'seed',
  'dynamic',
  'loss_weight',
];
const trained = /_(initializer|regularizer|constraint)$/;

/**
 * A layer of Keras as one layer of tfjs-layers, or of ours, with the same name and the same weights.
 *
 * @param rank the number of axes of what it reads, where that is known.
 * @param translate does the same for a layer or model inside it.
 * @throws {VitrineError} that names the layer, its class and the option that cannot be obeyed, and says what to do.
 */
export function translateLayer(layer: KerasLayer, rank: number | undefined, translate: Translate): TfjsLayer {
  if (isUsers(layer)) return { class_name: registeredName(layer) as string, config: layer.config };
  const rule = rules[layer.kind];
  if (!rule) throw new VitrineError('unsupported-layer', unknownClass(layer));
  if (rule.refused) throw new VitrineError('unsupported-layer', `${titleOf(layer)} is not supported: ${rule.refused}`);
  assertNotQuantized(layer);
  const options = withActivations(obeyed(layer, rule), layer);
  return named(layer, () => rule.wrap?.(layer, options, translate) ?? translated(layer, rule, { options, rank }));
}

function translated(
  layer: KerasLayer,
  rule: LayerRule,
  { options, rank }: { options: Options; rank: number | undefined },
): TfjsLayer {
  const changed = rule.change?.(options, layer) ?? options;
  const frozen = layer.config['trainable'] === false;
  return {
    class_name: rule.as?.(options, rank) ?? layer.kind,
    config: { ...changed, name: layer.name, ...(frozen && { trainable: false }) },
  };
}

/** What a rule cannot obey is said of the layer. */
function named(layer: KerasLayer, translate: () => TfjsLayer): TfjsLayer {
  try {
    return translate();
  } catch (cause) {
    if (namesLayer(cause)) throw cause;
    throw new VitrineError('unsupported-layer', `${titleOf(layer)}: ${reasonOf(cause)}`, { cause });
  }
}

function obeyed(layer: KerasLayer, { options = [], training = [], only = {} }: LayerRule): Options {
  const kept: Options = {};
  for (const [name, value] of Object.entries(layer.config)) {
    if (value === undefined || common.includes(name) || trained.test(name)) continue;
    if (training === 'all' || training.includes(name)) continue;
    const allowed = only[name];
    if (options.includes(name)) kept[name] = value;
    else if (allowed ? !isAmong(value, allowed) : value !== null && value !== false) {
      throw new VitrineError('unsupported-layer', refusal(layer, { name, value, allowed }));
    }
  }
  return kept;
}

function refusal(
  layer: KerasLayer,
  { name, value, allowed }: { name: string; value: Json; allowed: readonly Json[] | undefined },
): string {
  const title = `${titleOf(layer)}: option "${name}"`;
  if (!allowed) return `${title} is not known; it is ${JSON.stringify(value)}`;
  return `${title} expected ${allowed.map((choice) => JSON.stringify(choice)).join(' or ')}, got ${JSON.stringify(value)}`;
}

function isAmong(value: Json, allowed: readonly Json[]): boolean {
  return allowed.some((choice) => JSON.stringify(choice) === JSON.stringify(value));
}

function withActivations(options: Options, layer: KerasLayer): Options {
  const entries = Object.entries(options).map(([name, value]): [string, Json] =>
    name === 'activation' || name === 'recurrent_activation'
      ? [name, activationName(value, { layer: titleOf(layer), generation: layer.generation })]
      : [name, value],
  );
  return Object.fromEntries(entries);
}

/** Whether the class is one that the caller registered, and not one of Keras that is known here. */
function isUsers(layer: KerasLayer): boolean {
  if (registeredName(layer) === undefined) return false;
  const rule = rules[layer.kind];
  return !rule || rule.refused !== undefined;
}

/** A class of another package is found by its bare name too, unless that is one of Keras. */
function registeredName({ kind }: KerasLayer): string | undefined {
  const { classNameMap } = serialization.SerializationMap.getMap();
  const bare = kind.replace(/^.*>/, '');
  const known = rules[bare];
  const isKeras = known !== undefined && known.refused === undefined;
  const names = isKeras && bare !== kind ? [kind] : [kind, bare];
  return names.find((name) => name in classNameMap);
}

function assertNotQuantized(layer: KerasLayer): void {
  const text = describeType(layer.config['dtype']);
  if (!/^(u?int4|u?int8|float8)_from|_from_/.test(text)) return;
  throw new VitrineError(
    'unsupported-layer',
    `${titleOf(layer)} holds quantised weights (${text}): save the model without quantize()`,
  );
}

function describeType(dtype: Json | undefined): string {
  if (typeof dtype === 'string') return dtype;
  const config = (dtype as JsonObject | null | undefined)?.['config'];
  return String((config as JsonObject | undefined)?.['name'] ?? describe(dtype));
}

function unknownClass(layer: KerasLayer): string {
  const near = nearestNames(layer.kind, Object.keys(rules), 3).join(', ');
  return (
    `${titleOf(layer)} is of a class that is not known: write it in JavaScript as a layer of tfjs-layers with the static ` +
    `className "${layer.kind.replace(/^.*>/, '')}" and register it with tf.serialization.registerClass before loading; near: ${near}`
  );
}
