import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from '../layersModel.ts';
import type { Operation } from '../operation.ts';
import { wholeRegion } from '../operations/base.ts';
import { taped } from '../operations/taped.ts';
import * as activations from './activations.ts';
import * as convolutions from './convolutions.ts';
import type { LayerCall, Lowering } from './lowering.ts';
import * as merges from './merges.ts';
import * as normalizations from './normalizations.ts';
import { isOwnLayer, lowerOwnLayer } from './ownLayers.ts';
import * as pooling from './pooling.ts';
import * as sequences from './sequences.ts';
import * as shapes from './shapes.ts';

// Each lowering reads the fields of its own class, which the class name vouches for.
const lowerings: Readonly<Record<string, Lowering<never>>> = {
  Conv1D: sequences.lowerConv1d,
  Conv2D: convolutions.lowerConv2d,
  DepthwiseConv2D: convolutions.lowerDepthwiseConv2d,
  SeparableConv2D: convolutions.lowerSeparableConv2d,
  Conv2DTranspose: convolutions.lowerConv2dTranspose,
  Conv3D: convolutions.lowerConv3d,
  Dense: convolutions.lowerDense,
  Activation: activations.lowerActivation,
  ReLU: activations.lowerRelu,
  LeakyReLU: activations.lowerLeakyRelu,
  PReLU: activations.lowerPrelu,
  ELU: activations.lowerElu,
  ThresholdedReLU: activations.lowerThresholdedRelu,
  Softmax: activations.lowerSoftmax,
  MaxPooling1D: sequences.lowerMaxPool1d,
  AveragePooling1D: sequences.lowerAveragePool1d,
  GlobalMaxPooling1D: sequences.lowerGlobalMaxPool1d,
  GlobalAveragePooling1D: sequences.lowerGlobalAveragePool1d,
  MaxPooling2D: pooling.lowerMaxPool,
  AveragePooling2D: pooling.lowerAveragePool,
  GlobalMaxPooling2D: pooling.lowerGlobalMaxPool,
  GlobalAveragePooling2D: pooling.lowerGlobalAveragePool,
  BatchNormalization: normalizations.lowerBatchNormalization,
  LayerNormalization: normalizations.lowerLayerNormalization,
  Rescaling: normalizations.lowerRescaling,
  Add: merges.lowerAdd,
  Multiply: merges.lowerMultiply,
  Average: merges.lowerAverage,
  Maximum: merges.lowerMaximum,
  Minimum: merges.lowerMinimum,
  Concatenate: merges.lowerConcatenate,
  Reshape: shapes.lowerReshape,
  Flatten: shapes.lowerFlatten,
  Permute: shapes.lowerPermute,
  RepeatVector: shapes.lowerRepeatVector,
  ZeroPadding2D: shapes.lowerZeroPadding2d,
  Cropping2D: shapes.lowerCropping2d,
  UpSampling2D: shapes.lowerUpSampling2d,
  Resizing: shapes.lowerResizing,
  Embedding: shapes.lowerEmbedding,
  Dropout: shapes.lowerIdentity,
  SpatialDropout1D: shapes.lowerIdentity,
  GaussianNoise: shapes.lowerIdentity,
  GaussianDropout: shapes.lowerIdentity,
  AlphaDropout: shapes.lowerIdentity,
};

/** The operations of one output of a call of a layer; a layer that is not known here becomes an opaque operation. */
export function lowerLayer(layer: Layer, call: LayerCall, callArgs: object): readonly Operation[] {
  const { output = 0 } = call;
  return loweringOf(layer, output)?.(layer, call) ?? [opaque(layer, call, { callArgs, output })];
}

/** Of the layers of tfjs-layers, those that are known here have one output. */
function loweringOf(layer: Layer, output: number): Lowering | undefined {
  if (isOwnLayer(layer)) return lowerOwnLayer as Lowering;
  return output === 0 ? (lowerings[layer.getClassName()] as Lowering | undefined) : undefined;
}

/** A layer run as it is; its gradient comes from the tape. */
function opaque(
  layer: Layer,
  { source }: Pick<LayerCall, 'source'>,
  { callArgs, output }: { callArgs: object; output: number },
): Operation {
  return taped('opaque', source, {
    forward: (inputs) => {
      const result = layer.apply(inputs.length === 1 ? (inputs[0] as Tensor) : [...inputs], {
        ...callArgs,
        training: false,
      });
      return (Array.isArray(result) ? result[output] : result) as Tensor;
    },
    region: wholeRegion,
  });
}
