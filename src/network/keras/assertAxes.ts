import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { isObject, type Json, type JsonObject } from '../loading/modelJson.ts';
import { type KerasLayer, type KerasModel, titleOf } from './kerasModel.ts';

/** The options that count axes, in the words of Keras and of tfjs-layers. */
const keys = ['axis', 'axes', 'shared_axes', 'sharedAxes', 'dims'];
// TensorFlow has tensors of rank 8 at most.
const highest = 8;

/**
 * Refuses axes that no tensor has, nested models and layers in wrappers included: tfjs-layers makes a list as long as an
 * axis is high.
 *
 * @throws {VitrineError} that names the layer and the option.
 */
export function assertAxes({ layers }: KerasModel): void {
  for (const layer of layers) {
    if (layer.model) assertAxes(layer.model);
    else assertAxesOf(layer, layer.config);
  }
}

function assertAxesOf(layer: KerasLayer, config: JsonObject): void {
  for (const [key, value] of Object.entries(config)) {
    if (keys.includes(key)) assertAxis(`${titleOf(layer)}: "${key}"`, value);
    const inner = key === 'layer' && isObject(value) ? value['config'] : undefined;
    if (isObject(inner)) assertAxesOf(layer, inner);
  }
}

function assertAxis(option: string, value: Json | undefined): void {
  const numbers = [value].flat(2).filter((axis) => typeof axis === 'number');
  const wrong = numbers.find((axis) => Math.abs(axis) > highest);
  if (wrong === undefined) return;
  throw new VitrineError(
    'unsupported-layer',
    `${option} expected axes in ${-highest}..${highest}, got ${describe(wrong)}`,
  );
}
