import type { Tensor5D } from '@tensorflow/tfjs-core';
import type { Operation, OperationParameters } from '../../graph/operation.ts';
import { derivedWeights, describeOperation, type OperationSource, only, parameter, wholeRegion } from '../base.ts';
import { foldAffine } from '../foldAffine.ts';
import { biased, convolved } from './convolved.ts';
import { flipped, volumeGradient } from './volumeGradient.ts';
import type { Triple, Window3d } from './window3d.ts';

/**
 * A transposed 3-D convolution: `kernel` [depth, height, width, out, in], optional `bias` [out]. It is the input gradient
 * of a convolution, and its own is that convolution.
 */
export function conv3dTranspose(
  source: OperationSource,
  window: Window3d,
  parameters: () => OperationParameters,
): Operation {
  const { address, store } = source;
  const kernelOf = (weights: OperationParameters): Tensor5D => parameter<Tensor5D>(weights, 'kernel');
  return {
    ...describeOperation('conv3dTranspose', source),
    get parameters() {
      return parameters();
    },
    linear: true,
    forward: (inputs, weights = parameters()) => {
      const [x, kernel] = [only({ inputs }), kernelOf(weights)];
      const turned = store.derive(`${address}: flipped kernel`, [kernel], () => flipped(kernel));
      return biased(volumeGradient(x, turned, transposedShape3d(x.shape, kernel.shape, window), window), weights);
    },
    pullback: (cotangent, _io, weights = parameters()) => [convolved(cotangent, kernelOf(weights), window)],
    region: wholeRegion,
    withParameters: (other) => conv3dTranspose(source, window, other),
    absorb: (affine) =>
      conv3dTranspose(
        source,
        window,
        foldAffine(source, parameters, { affine, channels: (kernelShape) => [kernelShape[3] as number, 1] }),
      ),
    derive: derivedWeights(source, parameters),
  };
}

/** The shape that a transposed convolution makes: n · s for 'same', n · s + max(k − s, 0) for 'valid'. */
function transposedShape3d(
  [batch, ...lengths]: readonly number[],
  kernelShape: readonly number[],
  { strides, padding }: Pick<Window3d, 'strides' | 'padding'>,
): number[] {
  const places = (strides as Triple).map((stride, axis) => {
    const more = padding === 'valid' ? Math.max((kernelShape[axis] as number) - stride, 0) : 0;
    return (lengths[axis] as number) * stride + more;
  });
  return [batch as number, ...places, kernelShape[3] as number];
}
