import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layerAddress } from '../../network/runChecks.ts';
import { assertArray, assertFiniteArray, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../numeric/ndarray.ts';
import { assertOptions, oneOf } from '../../numeric/options.ts';
import { place } from '../../scoring/targets/placeScore.ts';
import type { LayersTarget, UnitTarget } from '../../scoring/types.ts';

/**
 * A unit of a layer everywhere: the mean of its activations over all positions.
 *
 * Of a layer that applies a ReLU itself, what enters the ReLU is climbed: it has a gradient where the unit is dead. `{ layer,
 * unit, position: 'mean' }` is what comes out of it.
 *
 * @param layer the address of a layer.
 * @param unit a channel of it, or an element of a dense layer.
 * @returns an objective, which is a target too.
 * @throws {VitrineError} if an argument is of the wrong kind; {@link visualize} throws if there is no such layer or unit.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const objective = objectives.channel('conv3', 5);
 * ```
 */
export function channel(layer: string, unit: number): UnitTarget {
  layerAddress('layer', layer);
  assertInteger('unit', unit, [0, Number.POSITIVE_INFINITY]);
  return { layer, unit };
}

/**
 * A unit of a layer at one position.
 *
 * It is climbed where it is said to be: behind a ReLU, which `'conv3@preactivation'` leaves out.
 *
 * @param layer the address of a layer.
 * @param unit a channel of it.
 * @param position `[row, column]`; by default `'center'`, $(\lfloor h/2 \rfloor, \lfloor w/2 \rfloor)$ of the map that pictures of their size make.
 * @returns an objective, which is a target too.
 * @throws {VitrineError} if an argument is of the wrong kind; {@link visualize} throws if there is no such layer, unit or position.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const objective = objectives.neuron('conv3', 5);
 * ```
 */
export function neuron(layer: string, unit: number, position: UnitTarget['position'] = 'center'): UnitTarget {
  place('position', position);
  return { ...channel(layer, unit), position: typeof position === 'string' ? position : [...position] };
}

/** What {@link layer} measures. */
export interface LayerObjectiveOptions {
  /** `'squares'` by default, what excites the layer in any way; `'values'`. */
  readonly kind?: 'squares' | 'values';
}

/**
 * A whole layer: the mean of the squares of all its activations, which DeepDream climbs from a photo.
 *
 * Source: Mordvintsev, Olah and Tyka 2015, "Inceptionism".
 *
 * @param layer the address of a layer.
 * @param options `kind`.
 * @returns an objective.
 * @throws {VitrineError} if an argument is of the wrong kind; {@link visualize} throws if there is no such layer.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const objective = objectives.layer('conv2');
 * ```
 */
export function layer(layer: string, options: LayerObjectiveOptions = {}): LayersTarget {
  layerAddress('layer', layer);
  assertOptions(options, { kind: oneOf(['squares', 'values']) });
  const { kind = 'squares' } = options;
  return { layers: [layer], score: ([values]) => meanOf(kind === 'squares' ? tf.square(values) : values) };
}

/**
 * A class: its logit, since a probability rises as well where all other classes fall.
 *
 * @param index of the class.
 * @returns an objective, the class itself, which is a target too.
 * @throws {VitrineError} if it is no class; {@link visualize} throws if the network has fewer classes.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const objective = objectives.logit(3);
 * ```
 */
export function logit(index: number): number {
  assertInteger('index', index, [0, Number.POSITIVE_INFINITY]);
  return index;
}

/**
 * How near a layer is to what it was for something else: $-\frac{1}{|A|} \lVert A - A_0 \rVert^2$, 0 at best.
 *
 * @param layer the address of a layer.
 * @param reference $A_0$, what the layer gives as `activations` reads it: `[1, …]` or without that axis for all pictures, or
 * one for each.
 * @returns an objective.
 * @throws {VitrineError} if an argument is of the wrong kind; {@link visualize} throws if the layer gives another shape.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { objectives } from 'vitrine/visualization';
 * const { conv2 } = await activations(model, x, ['conv2']);
 * const objective = objectives.match('conv2', conv2);
 * ```
 */
export function match(layer: string, reference: NdArray): LayersTarget {
  layerAddress('layer', layer);
  assertArray('reference', reference, [1, 2, 3, 4, 5, 6]);
  assertFiniteArray('reference', reference);
  const { shape, data } = { shape: [...reference.shape], data: Float32Array.from(reference.data) };
  return {
    layers: [layer],
    score([values]) {
      assertFits(shape, values.shape);
      return tf.neg(meanOf(tf.squaredDifference(values, tf.tensor(data, shape))));
    },
  };
}

function assertFits(shape: readonly number[], [rows, ...rest]: readonly number[]): void {
  if ([rest, [1, ...rest], [rows as number, ...rest]].some((fitting) => sameShape(fitting, shape))) return;
  throw new VitrineError(
    'bad-shape',
    `"objective.reference" expected shape [${rest.join(', ')}], which the layer has for pictures of this size, got [${shape.join(', ')}]`,
  );
}

/** The mean of each row, `[n]`. */
function meanOf(values: Tensor): Tensor1D {
  return tf.mean(tf.reshape(values, [values.shape[0] as number, -1]), 1) as Tensor1D;
}
