import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf, extentOf, type WindowGeometry } from '../../backend/kernels/geometry.ts';
import type { Layer, Variable } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { pad } from '../operations/border.ts';
import { conv2d } from '../operations/convolution.ts';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from '../operations/pooling.ts';
import { reshape } from '../operations/shape.ts';
import { type Activation, activationOperations } from './activations.ts';
import type { LayerCall, Lowering } from './lowering.ts';

interface Window {
  readonly strides: readonly [number];
  readonly padding: string;
  readonly dataFormat?: string | undefined;
}

interface WindowLayer extends Layer, Window {}

interface Conv1dLayer extends WindowLayer {
  readonly kernelSize: readonly [number];
  readonly dilationRate?: readonly [number];
  readonly kernel: Variable;
  readonly bias?: Variable | null;
  readonly activation?: Activation | null;
}

interface Pool1dLayer extends WindowLayer {
  readonly poolSize: readonly [number];
}

export const lowerConv1d: Lowering<Conv1dLayer> = (layer, call) => {
  const { kernelSize, kernel, bias, activation, dilationRate = [1], strides, padding, dataFormat } = layer;
  const isCausal = padding === 'causal';
  const window = { strides, dataFormat, padding: isCausal ? 'valid' : padding };
  const geometry = geometryOf(window, kernelSize[0], dilationRate[0]);
  if (!geometry) return undefined;
  const { source } = call;
  // A causal window ends at the place that it is for.
  const before = isCausal ? [pad(source, { rows: [0, 0], columns: [extentOf(axisOf(geometry, 1)) - 1, 0] })] : [];
  const parameters = (): Record<string, Tensor> => ({
    kernel: ofOneRow(source, kernel.read()),
    ...(bias && { bias: bias.read() }),
  });
  const linear = [...asOneRow(call, [...before, conv2d(source, geometry, parameters)]), asSequence(call)];
  return [...linear, ...activationOperations(activation, source)];
};

const pooling =
  (make: (source: OperationSource, geometry: WindowGeometry) => Operation): Lowering<Pool1dLayer> =>
  (layer, call) => {
    const geometry = geometryOf(layer, layer.poolSize[0]);
    return geometry && [...asOneRow(call, [make(call.source, geometry)]), asSequence(call)];
  };

const globalPooling =
  (make: (source: OperationSource) => Operation): Lowering =>
  (_layer, call) =>
    asOneRow(call, [make(call.source)]);

export const lowerMaxPool1d: Lowering<Pool1dLayer> = pooling(maxPool);
export const lowerAveragePool1d: Lowering<Pool1dLayer> = pooling(averagePool);
export const lowerGlobalMaxPool1d: Lowering = globalPooling(globalMaxPool);
export const lowerGlobalAveragePool1d: Lowering = globalPooling(globalAveragePool);

/** Windows along a sequence; none for pooling that is causal and for channels first, which are left to the layer itself. */
function geometryOf(
  { strides, padding, dataFormat }: Window,
  length: number,
  dilation = 1,
): WindowGeometry | undefined {
  if (dataFormat === 'channelsFirst' || (padding !== 'same' && padding !== 'valid')) return undefined;
  return { window: [1, length], strides: [1, strides[0]], padding, dilations: [1, dilation] };
}

/** Runs operations that expect rows and columns on a sequence [n, t, f], as a picture of one row. */
function asOneRow({ source, inputShapes }: LayerCall, operations: readonly Operation[]): readonly Operation[] {
  const [, length, features] = inputShapes[0] as readonly (number | null)[];
  return [reshape(source, [1, length ?? -1, features as number]), ...operations];
}

function asSequence({ source, outputShape }: LayerCall): Operation {
  const [, length, features] = outputShape;
  return reshape(source, [length ?? -1, features as number]);
}

function ofOneRow({ address, store }: OperationSource, kernel: Tensor): Tensor {
  return store.derive(`${address}: kernel of one row`, [kernel], () => tf.reshape(kernel, [1, ...kernel.shape]));
}
