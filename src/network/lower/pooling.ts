import type { WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Layer } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from '../operations/pooling.ts';
import { permute } from '../operations/shape.ts';
import { inChannelsLast } from './channelsFirst.ts';
import type { Lowering } from './lowering.ts';

/** A layer that pools windows of two axes, or of as many as `S` has. */
export interface PoolingLayer<S = readonly [number, number]> extends Layer {
  readonly poolSize: S;
  readonly strides: S;
  readonly padding: string;
  readonly dataFormat?: string;
}

type Pool = (source: OperationSource, geometry: WindowGeometry) => Operation;

const pooling =
  (make: Pool): Lowering<PoolingLayer> =>
  ({ poolSize, strides, padding, dataFormat }, { source }) =>
    inChannelsLast({ dataFormat }, source, [
      make(source, {
        window: poolSize,
        strides,
        padding: padding === 'same' ? 'same' : 'valid',
        dilations: [1, 1],
      }),
    ]);

const globalPooling =
  (make: (source: OperationSource) => Operation): Lowering<PoolingLayer> =>
  ({ dataFormat }, { source }) =>
    dataFormat === 'channelsFirst' ? [permute(source, [0, 2, 3, 1]), make(source)] : [make(source)];

export const lowerMaxPool: Lowering<PoolingLayer> = pooling(maxPool);
export const lowerAveragePool: Lowering<PoolingLayer> = pooling(averagePool);
export const lowerGlobalMaxPool: Lowering<PoolingLayer> = globalPooling(globalMaxPool);
export const lowerGlobalAveragePool: Lowering<PoolingLayer> = globalPooling(globalAveragePool);
