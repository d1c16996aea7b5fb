import type { Tensor } from '@tensorflow/tfjs-core';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import { type Check, callback, integer, kind, number, object, oneOf } from '../../numeric/options.ts';
import type { Operation, OperationParameters } from '../graph/operation.ts';
import * as activations from './activation.ts';
import * as affines from './affine.ts';
import type { OperationSource } from './base.ts';
import type { Margins } from './border.ts';
import * as borders from './border.ts';
import { concatenate as concatenating } from './concatenate.ts';
import { type TransposedGeometry, conv2dTranspose as transposing } from './conv2dTranspose.ts';
import * as convolutions from './convolution.ts';
import { dense as denseOf } from './dense.ts';
import * as merges from './merge.ts';
import * as poolings from './pooling.ts';
import { relu as rectifying } from './relu.ts';
import * as shapes from './shape.ts';

/** The weights of an operation, read each time it runs: a layer keeps its variables, training changes what they hold. */
export type ReadWeights = () => OperationParameters;

/**
 * What a lowering is made of: the operations of the engine, each made for the layer call that a lowering was given.
 */
export const operations = {
  /** A 2-D convolution of images `[n, h, w, in]`: `kernel` `[height, width, in, out]`, and `bias` `[out]` if there is one. */
  conv2d(source: OperationSource, geometry: WindowGeometry, weights: ReadWeights): Operation {
    return convolutions.conv2d(sourced(source), windowed(geometry), reading(weights));
  },

  /** A convolution of each channel on its own: `kernel` `[height, width, in, multiplier]`, `bias` `[in · multiplier]`. */
  depthwiseConv2d(source: OperationSource, geometry: WindowGeometry, weights: ReadWeights): Operation {
    return convolutions.depthwiseConv2d(sourced(source), windowed(geometry), reading(weights));
  },

  /** A transposed convolution: `kernel` `[height, width, out, in]`, `bias` `[out]`. */
  conv2dTranspose(source: OperationSource, geometry: TransposedGeometry, weights: ReadWeights): Operation {
    return transposing(sourced(source), windowed(geometry, { outputPadding: optional(pairFrom(0)) }), reading(weights));
  },

  /** A dense layer on the last axis: `kernel` `[in, out]`, and `bias` `[out]` if there is one. */
  dense(source: OperationSource, weights: ReadWeights): Operation {
    return denseOf(sourced(source), reading(weights));
  },

  /** scale · x + shift for each channel of the last axis: `scale` and `shift` `[channels]`, both of them. */
  affine(source: OperationSource, weights: ReadWeights): Operation {
    return affines.affine(sourced(source), reading(weights));
  },

  /** An activation: a function of each element, through which LRP passes relevance as it is. */
  activation(source: OperationSource, apply: (x: Tensor) => Tensor): Operation {
    return activations.elementwise('activation', sourced(source), applied(apply));
  },

  /** Another function of each element, which a rule has to be given for. */
  elementwise(source: OperationSource, apply: (x: Tensor) => Tensor): Operation {
    return activations.elementwise('elementwise', sourced(source), applied(apply));
  },

  /** max(x, 0), and no more than `ceiling` where one is given. */
  relu(source: OperationSource, ceiling?: number): Operation {
    if (ceiling !== undefined) number(Number.MIN_VALUE)('ceiling', ceiling);
    return rectifying(sourced(source), ceiling);
  },

  /** The largest value in each window. */
  maxPool(source: OperationSource, geometry: WindowGeometry): Operation {
    return poolings.maxPool(sourced(source), windowed(geometry));
  },

  /** The mean of each window; what 'same' adds at the border does not count. */
  averagePool(source: OperationSource, geometry: WindowGeometry): Operation {
    return poolings.averagePool(sourced(source), windowed(geometry));
  },

  /** The largest value of each channel. */
  globalMaxPool(source: OperationSource): Operation {
    return poolings.globalMaxPool(sourced(source));
  },

  /** The mean of each channel. */
  globalAveragePool(source: OperationSource): Operation {
    return poolings.globalAveragePool(sourced(source));
  },

  /** The sum of all inputs. */
  add(source: OperationSource): Operation {
    return merges.add(sourced(source));
  },

  /** The first input less the second. */
  subtract(source: OperationSource): Operation {
    return merges.subtract(sourced(source));
  },

  /** The product of all inputs. */
  multiply(source: OperationSource): Operation {
    return merges.multiply(sourced(source));
  },

  /** The mean of all inputs. */
  average(source: OperationSource): Operation {
    return merges.average(sourced(source));
  },

  /** The largest of all inputs, at each place. */
  maximum(source: OperationSource): Operation {
    return merges.maximum(sourced(source));
  },

  /** The smallest of all inputs, at each place. */
  minimum(source: OperationSource): Operation {
    return merges.minimum(sourced(source));
  },

  /** The inputs side by side along an axis, the batch being axis 0. */
  concatenate(source: OperationSource, axis: number): Operation {
    integer(1, 5)('axis', axis);
    return concatenating(sourced(source), axis);
  },

  /** The values in another shape, without the axis of the batch. */
  reshape(source: OperationSource, shape: readonly number[]): Operation {
    kind('the lengths of all axes but that of the batch', isShape)('shape', shape);
    return shapes.reshape(sourced(source), shape);
  },

  /** The axes in another order, that of the batch first: `[0, 3, 1, 2]`. */
  permute(source: OperationSource, order: readonly number[]): Operation {
    kind('all axes in a new order, 0 first', isOrder)('order', order);
    return shapes.permute(sourced(source), order);
  },

  /** Zeros around each image. */
  pad(source: OperationSource, margins: Margins): Operation {
    return borders.pad(sourced(source), around(margins));
  },

  /** Each image without its margins. */
  crop(source: OperationSource, margins: Margins): Operation {
    return borders.crop(sourced(source), around(margins));
  },

  /** What does nothing at inference, such as a dropout. */
  identity(source: OperationSource): Operation {
    return shapes.identity(sourced(source));
  },
};

function sourced(source: OperationSource): OperationSource {
  isSource('source', source);
  return source;
}

const isSource = kind('the source of the call of a layer', (value) => {
  const { address, layerClass, store } = (value ?? {}) as Partial<OperationSource>;
  return typeof address === 'string' && typeof layerClass === 'string' && typeof store?.derive === 'function';
});

function windowed<G extends WindowGeometry>(geometry: G, more: Readonly<Record<string, Check>> = {}): G {
  const window = pairFrom(1);
  assertFields('geometry', geometry, {
    window,
    strides: window,
    padding: oneOf(['same', 'valid']),
    dilations: window,
    ...more,
  });
  return geometry;
}

function around(margins: Margins): Margins {
  assertFields('margins', margins, { rows: pairFrom(0), columns: pairFrom(0) });
  return margins;
}

function reading(weights: ReadWeights): ReadWeights {
  callback('weights', weights);
  return weights;
}

function applied(apply: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  callback('apply', apply);
  return apply;
}

function assertFields(argument: string, value: object, checks: Readonly<Record<string, Check>>): void {
  object(argument, value);
  const known = Object.keys(checks);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearestNames(unknown, known, known.length).join(', ');
    throw new VitrineError('unknown-option', `"${argument}" expected some of ${near}, got "${unknown}"`);
  }
  for (const [name, check] of Object.entries(checks)) {
    check(`${argument}.${name}`, (value as Record<string, unknown>)[name]);
  }
}

function pairFrom(low: number): Check {
  const isOne = (number: unknown): boolean => Number.isInteger(number) && (number as number) >= low;
  return kind(`a pair of integers of at least ${low}, for rows and columns`, (value) => {
    return Array.isArray(value) && value.length === 2 && value.every(isOne);
  });
}

function optional(check: Check): Check {
  return (argument, value) => {
    if (value !== undefined) check(argument, value);
  };
}

function isShape(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((length) => Number.isInteger(length) && length >= 1);
}

function isOrder(value: unknown): boolean {
  return Array.isArray(value) && value[0] === 0 && value.every((_, axis) => value.includes(axis));
}
