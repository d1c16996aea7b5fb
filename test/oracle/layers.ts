import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;
type Tensors = Tensor | Tensor[];

/** A layer that no library knows: 2 sin x. */
export class Wave extends layers.Layer {
  static className = 'Wave';
  override computeOutputShape(shape: Shape): Shape {
    return shape;
  }
  override call(inputs: Tensors): Tensor {
    return tf.mul(tf.sin(first(inputs)), 2);
  }
}

/** A layer with two outputs: x² and x + 1. */
export class Fork extends layers.Layer {
  static className = 'Fork';
  override computeOutputShape(shape: Shape): Shape[] {
    return [shape, shape];
  }
  override call(inputs: Tensors): Tensor[] {
    return [tf.square(first(inputs)), tf.add(first(inputs), 1)];
  }
}

/** A layer that cannot run. */
export class Broken extends layers.Layer {
  static className = 'Broken';
  override computeOutputShape(shape: Shape): Shape {
    return shape;
  }
  override call(inputs: Tensors): Tensor {
    const half = tf.mul(first(inputs), 0.5);
    throw new Error(`broken at rank ${half.rank}`);
  }
}

/** A layer that runs, but has no gradient. */
export class Stuck extends layers.Layer {
  static className = 'Stuck';
  override computeOutputShape(shape: Shape): Shape {
    return shape;
  }
  override call(inputs: Tensors): Tensor {
    return tf.customGrad((x, save) => {
      (save as (tensors: Tensor[]) => void)([x as Tensor]);
      return {
        value: tf.mul(x as Tensor, 2),
        gradFunc: (): Tensor => {
          throw new Error('stuck');
        },
      };
    })(first(inputs));
  }
}

/** A layer of a class of its own. */
export function custom(make: new (config: { name?: string }) => Layer, name?: string): Layer {
  return new make(name === undefined ? {} : { name });
}

function first(inputs: Tensors): Tensor {
  return Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
}
