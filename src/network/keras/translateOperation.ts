import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import type { Json } from '../loading/modelJson.ts';
import { reasonOf } from '../loading/naming.ts';
import { type KerasLayer, type TensorReference, titleOf } from './kerasModel.ts';
import { ours, type TfjsLayer } from './layerRule.ts';
import { axes } from './operations/axes.ts';
import { elements } from './operations/elements.ts';
import { givenOf, type OperationRule } from './operations/given.ts';
import { operandsOf } from './operations/operands.ts';
import { shapes } from './operations/shapes.ts';

const keras2Kinds = ['TFOpLambda', 'SlicingOpLambda', 'ClassMethod', 'InstanceMethod', 'InstanceProperty'];
const known = [...elements, ...axes, ...shapes];
const notOptions = ['name', 'trainable', 'dtype', 'function'];

/** Whether a layer is an operation that Keras wrote down as one: `x + y`, `tf.nn.relu(x)`, `keras.ops.mean(x)`. */
export function isOperation({ kind, module, config, generation }: KerasLayer): boolean {
  if (keras2Kinds.includes(kind) || /^keras\.(src\.)?ops(\.|$)/.test(module ?? '')) return true;
  // An .h5 of Keras 3 tells no modules, but operations are not trained.
  const isConfigured = ['trainable', 'dtype', 'layers'].some((name) => name in config) && kind !== 'Cast';
  return generation === 3 && module === undefined && !isConfigured;
}

/** An operation as a layer of ours, and the tensors that it reads on its one call. */
export function translateOperation(layer: KerasLayer): { layer: TfjsLayer; inputs: readonly TensorReference[] } {
  const [call, ...others] = layer.calls;
  if (!call || others.length > 0)
    throw new VitrineError('unsupported-layer', `${titleOf(layer)} expected one call, got ${layer.calls.length}`);
  const options = Object.entries(layer.config).filter(([name]) => !notOptions.includes(name));
  try {
    const translated = ruleOf(layer)(givenOf(call, Object.fromEntries(options)));
    const { operands, inputs } = operandsOf(translated.operands);
    const config = { name: layer.name, function: translated.function, options: translated.options ?? {}, operands };
    return { layer: { class_name: ours('Operation'), config: config as unknown as Record<string, Json> }, inputs };
  } catch (cause) {
    throw new VitrineError(
      'unsupported-layer',
      `${titleOf(layer)}, operation "${functionOf(layer)}": ${reasonOf(cause)}`,
      { cause },
    );
  }
}

function ruleOf(layer: KerasLayer): OperationRule {
  const name = functionOf(layer);
  const column = keras2Kinds.includes(layer.kind) ? 0 : 1;
  const rule = known.find((row) => row[column].split(' ').includes(name))?.[2];
  if (rule) return rule;
  const names = known.flatMap((row) => row[column].split(' '));
  const near = nearestNames(name, names, 3).join(', ');
  throw new VitrineError(
    'unsupported-layer',
    `is not known: build the model again with layers or with operations that are; near: ${near}`,
  );
}

function functionOf({ kind, config }: KerasLayer): string {
  return typeof config['function'] === 'string' ? config['function'] : kind;
}
