import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { apply } from '../../../oracle/building.ts';
import { custom, Fork, Wave } from '../../../oracle/layers.ts';
import { type Makers, shapeOf, type ValueMaker } from './maker.ts';

/** A layer that no library knows and that reads three values of one shape: a · tanh(b) − c². */
class Mix extends layers.Layer {
  static className = 'Mix';
  override computeOutputShape(shapes: Shape | Shape[]): Shape {
    return shapes[0] as Shape;
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    const [a, b, c] = inputs as [Tensor, Tensor, Tensor];
    return tf.sub(tf.mul(a, tf.tanh(b)), tf.square(c));
  }
}

for (const known of [Wave, Fork, Mix]) tf.serialization.registerClass(known as never);

export const customLayers: Makers<ValueMaker> = {
  'custom layer': (values) => [apply(custom(Wave), latest(values))],
  'custom layer of two outputs': (values) => custom(Fork).apply(latest(values)) as SymbolicTensor[],
  'custom layer of three inputs': (values, draws) => {
    const alike = values.filter((value) => shapeOf(value).join() === shapeOf(latest(values)).join());
    return [apply(custom(Mix), [draws.oneOf(alike), draws.oneOf(alike), latest(values)])];
  },
};

function latest(values: readonly SymbolicTensor[]): SymbolicTensor {
  return values.at(-1) as SymbolicTensor;
}
