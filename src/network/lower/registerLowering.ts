import type { layers } from '@tensorflow/tfjs-layers';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { callback } from '../../numeric/options.ts';
import type { Layer } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import type { LayerCall, Lowering } from './lowering.ts';

/**
 * Tells what a class of layers of your own computes, as operations of the engine: then LRP and DeepLIFT have rules for
 * it, batch normalisations and ReLUs are folded into it, and occlusion computes only what a change reaches. Without it
 * such a layer is opaque: run as it is, with the gradient of tfjs's tape.
 *
 * The lowering is kept with the class itself, on its prototype, and holds for every model that has such layers, compiled
 * later or handed over as it is; a class derived from it needs one of its own. What it says is taken at its word:
 * compare `predict(model, x)` with `model.predict(x)`.
 *
 * @param layerClass the class, derived from `layers.Layer` of tfjs-layers.
 * @param lowering the operations of one call of a layer, in a chain: the first takes all inputs, each other one what the
 *   one before makes, and the last makes the output. They are made with `call.source` by the functions of `operations`,
 *   and read weights when they run, as `() => ({ kernel: layer.kernel.read() })`. `undefined` for a layer that it does
 *   not know, which stays opaque.
 * @throws {VitrineError} if `layerClass` is no class of layers or `lowering` no function.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { layers } from '@tensorflow/tfjs-layers';
 * import { operations, registerLowering } from 'vitrine/network';
 * class Cube extends layers.Layer {
 *   static readonly className = 'Cube';
 *   override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
 *     return tf.pow([x].flat()[0] as tf.Tensor, 3);
 *   }
 * }
 * registerLowering(Cube, (_layer, { source }) => [operations.elementwise(source, (x) => tf.pow(x, 3))]);
 * ```
 */
export function registerLowering<L extends layers.Layer>(
  layerClass: abstract new (...given: never[]) => L,
  lowering: (layer: L, call: LayerCall) => readonly Operation[] | undefined,
): void {
  if (!isLayerClass(layerClass)) {
    throw new VitrineError(
      'bad-argument',
      `"layerClass" expected a class derived from layers.Layer, got ${describe(layerClass)}`,
    );
  }
  callback('lowering', lowering);
  Object.defineProperty(layerClass.prototype, key, { value: lowering, configurable: true, writable: true });
}

/** What was told of the class of a layer, and of no class that it derives from. */
export function registeredLowering(layer: Layer): Lowering | undefined {
  const prototype = Object.getPrototypeOf(layer) as { readonly [key]?: Lowering<never> };
  if (!Object.hasOwn(prototype, key)) return undefined;
  const lowering = prototype[key] as Lowering;
  return (of, call) => {
    const operations: unknown = lowering(of, call);
    if (operations === undefined || isChain(operations)) return operations;
    const { address, layerClass } = call.source;
    throw new VitrineError(
      'unsupported-layer',
      `the lowering of layer "${address}" (${layerClass}) expected to return operations, got ${describe(operations)}`,
    );
  };
}

// The same for all copies of this package.
const key: unique symbol = Symbol.for('vitrine.lowering') as never;

function isLayerClass(value: unknown): value is { readonly prototype: object } {
  const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
  return (
    typeof prototype === 'object' && prototype !== null && 'computeOutputShape' in prototype && 'apply' in prototype
  );
}

function isChain(value: unknown): value is readonly Operation[] {
  return Array.isArray(value) && value.length > 0 && value.every(isOperation);
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'kind' in value && 'pullback' in value && 'region' in value;
}
