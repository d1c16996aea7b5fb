import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { averagePool, maxPool } from '../operations/pooling.ts';
import { conv3d } from '../operations/volumes/conv3d.ts';
import { conv3dTranspose } from '../operations/volumes/conv3dTranspose.ts';
import { pooling3d } from '../operations/volumes/pooling3d.ts';
import type { Triple, Window3d } from '../operations/volumes/window3d.ts';
import { inChannelsLast } from './channelsFirst.ts';
import { type ConvolutionLayer, weightsOf, withActivation } from './convolutions.ts';
import type { Lowering } from './lowering.ts';
import type { PoolingLayer } from './pooling.ts';

export const lowerConv3d: Lowering<ConvolutionLayer> = (layer, { source }) => {
  const window = windowOf(layer, layer.dilationRate as Triple | undefined);
  return withActivation(layer, source, [conv3d(source, window, weightsOf(layer, 'kernel', layer.bias))]);
};

export const lowerConv3dTranspose: Lowering<ConvolutionLayer> = (layer, { source }) =>
  withActivation(layer, source, [conv3dTranspose(source, windowOf(layer), weightsOf(layer, 'kernel', layer.bias))]);

const pooling =
  (make: (source: OperationSource, geometry: WindowGeometry) => Operation): Lowering<PoolingLayer<Triple>> =>
  ({ poolSize: size, strides, padding, dataFormat }, { source }) => {
    const pooled = pooling3d(make, source, { size, strides, padding: padding === 'same' ? 'same' : 'valid' });
    return inChannelsLast({ dataFormat, rank: 5 }, source, pooled);
  };

export const lowerMaxPool3d: Lowering<PoolingLayer<Triple>> = pooling(maxPool);
export const lowerAveragePool3d: Lowering<PoolingLayer<Triple>> = pooling(averagePool);

function windowOf({ strides, padding }: ConvolutionLayer, dilations?: Triple): Window3d {
  return { strides: strides as Triple, padding: padding === 'same' ? 'same' : 'valid', dilations };
}
