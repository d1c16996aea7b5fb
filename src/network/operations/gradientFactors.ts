import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import { mapTaps, slidingOf } from '../../backend/training/taps.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { GradientFactors, Operation, OperationParameters } from '../graph/operation.ts';
import { parameter, perChannel } from './base.ts';

type FactorsOf = NonNullable<Operation['gradientFactors']>;

/**
 * What the weights of a dense layer on the last axis meet and feed: every place before it is a position. None where the
 * bias is another one at each place.
 */
export function lineFactors(bias: Tensor | undefined): FactorsOf | undefined {
  if (!perChannel(bias)) return undefined;
  return (cotangents, { inputs }) => [
    {
      met: withOnes(inGroups(inputs[0] as Tensor, 1), bias),
      fed: cotangents.map((cotangent) => inGroups(cotangent, 1)),
    },
  ];
}

interface Windows {
  readonly weights: OperationParameters;
  readonly geometry: WindowGeometry;
  readonly groups: number;
}

/** What the weights of a convolution meet, patch by patch, and feed. */
export function windowFactors({ weights, geometry, groups }: Windows): FactorsOf | undefined {
  const { bias } = weights;
  if (!perChannel(bias)) return undefined;
  const { shape: kernelShape } = parameter<Tensor4D>(weights, 'kernel');
  return (cotangents, { inputs }) => {
    const patches = patchesOf(inputs[0] as Tensor4D, (cotangents[0] as Tensor).shape, { kernelShape, geometry });
    return [
      {
        met: withOnes(inGroups(patches, groups, kernelShape[0] * kernelShape[1]), bias),
        fed: cotangents.map((cotangent) => inGroups(cotangent, groups)),
      },
    ];
  };
}

/** Of a transposed convolution: each position feeds a patch; the bias, which meets ones everywhere, is apart. */
export function transposedFactors({ weights, geometry }: Omit<Windows, 'groups'>): FactorsOf | undefined {
  const { bias } = weights;
  if (!perChannel(bias)) return undefined;
  const { shape: kernelShape } = parameter<Tensor4D>(weights, 'kernel');
  return (cotangents, { inputs }) => {
    const x = inputs[0] as Tensor4D;
    const fed = cotangents.map((cotangent) => {
      const patches = patchesOf(cotangent as Tensor4D, x.shape, { kernelShape, geometry });
      return inGroups(patches, 1, kernelShape[0] * kernelShape[1]);
    });
    const ofKernel = { met: inGroups(x, 1), fed };
    return bias ? [ofKernel, biasFactors(cotangents)] : [ofKernel];
  };
}

function biasFactors(cotangents: readonly Tensor[]): GradientFactors {
  const fed = cotangents.map((cotangent) => inGroups(cotangent, 1));
  const [, examples, positions] = (fed[0] as Tensor4D).shape;
  return { met: tf.ones([1, examples, positions, 1]), fed };
}

/** What the window meets at each position of the output, `[n, positions, taps, channels]`. */
function patchesOf(
  x: Tensor4D,
  output: readonly number[],
  { kernelShape, geometry }: { readonly kernelShape: readonly number[]; readonly geometry: WindowGeometry },
): Tensor {
  const { strides, dilations, padding: pad } = geometry;
  const sliding = slidingOf(x.shape, kernelShape, { strides: [...strides], dilations: [...dilations], pad });
  const [examples, rows, columns] = output as Tensor4D['shape'];
  const line = [examples, rows * columns, 1, x.shape[3]];
  return tf.concat(
    mapTaps(x, output, sliding, (tap) => tf.reshape(tap, line)),
    2,
  );
}

/** `[n, positions…, taps, channels]` as `[groups, n, positions, taps · channels / groups]`. */
function inGroups(x: Tensor, groups: number, taps = 1): Tensor {
  const { shape } = x;
  const [examples, channels] = [shape[0] as number, shape.at(-1) as number];
  const positions = sizeOf(shape) / (examples * taps * channels);
  const to = [groups, examples, positions, (taps * channels) / groups];
  if (groups === 1) return tf.reshape(x, to);
  const apart = tf.reshape(x, [examples * positions * taps, groups, channels / groups]);
  return tf.reshape(tf.transpose(apart, [1, 0, 2]), to);
}

/** What is met, and where there is a bias a 1 that it meets. */
function withOnes(met: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? tf.concat([met, tf.ones([...met.shape.slice(0, 3), 1])], 3) : met;
}
