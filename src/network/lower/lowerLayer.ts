import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import type { Layer } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import { openShapeText } from '../graph/site.ts';
import { wholeRegion } from '../operations/base.ts';
import { taped } from '../operations/taped.ts';
import * as activations from './activations.ts';
import { assertStateless } from './assertStateless.ts';
import * as convolutions from './convolutions.ts';
import type { LayerCall, Lowering } from './lowering.ts';
import * as merges from './merges.ts';
import * as normalizations from './normalizations.ts';
import { isOwnLayer } from './ownLayers.ts';
import * as pooling from './pooling.ts';
import { lowerRecurrent } from './recurrent/lowerRecurrent.ts';
import { runsAlongTime } from './recurrent/recurrentLayer.ts';
import { registeredLowering } from './registerLowering.ts';
import * as sequences from './sequences.ts';
import * as shapes from './shapes.ts';
import * as volumes from './volumes.ts';

// Each lowering reads the fields of its own class, which the class name vouches for.
const lowerings: Readonly<Record<string, Lowering<never>>> = {
  Conv1D: sequences.lowerConv1d,
  Conv2D: convolutions.lowerConv2d,
  DepthwiseConv2D: convolutions.lowerDepthwiseConv2d,
  SeparableConv2D: convolutions.lowerSeparableConv2d,
  Conv2DTranspose: convolutions.lowerConv2dTranspose,
  Conv3D: volumes.lowerConv3d,
  Conv3DTranspose: volumes.lowerConv3dTranspose,
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
  MaxPooling3D: volumes.lowerMaxPool3d,
  AveragePooling3D: volumes.lowerAveragePool3d,
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
  CenterCrop: shapes.lowerCenterCrop,
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
export function lowerLayer(layer: Layer, call: LayerCall): readonly Operation[] {
  if (isOwnLayer(layer)) return layer.ownOperations(call);
  const lowering = registeredLowering(layer) ?? loweringOf(layer, call);
  return lowering?.(layer, call) ?? [opaque(layer, call)];
}

/** Of the other layers of tfjs-layers, those that are known here have one output. */
function loweringOf(layer: Layer, { output = 0 }: LayerCall): Lowering | undefined {
  if (runsAlongTime(layer)) return lowerRecurrent as Lowering;
  return output === 0 ? (lowerings[layer.getClassName()] as Lowering | undefined) : undefined;
}

/** A layer run as it is; its gradient comes from the tape. */
function opaque(layer: Layer, { source, callArgs, outputShape, output = 0 }: LayerCall): Operation {
  assertStateless(layer, source);
  return taped('opaque', source, {
    forward: (inputs) => {
      const result = layer.apply(inputs.length === 1 ? (inputs[0] as Tensor) : [...inputs], {
        ...callArgs,
        training: false,
      });
      const made = (Array.isArray(result) ? result[output] : result) as Tensor;
      assertShape(made, outputShape);
      return made;
    },
    region: wholeRegion,
  });
}

/** What comes after it, and what is told of it, is made for the shape that the layer announced. */
function assertShape({ shape }: Tensor, expected: OpenShape): void {
  const fits =
    shape.length === expected.length && expected.every((length, i) => i === 0 || (length ?? shape[i]) === shape[i]);
  if (fits) return;
  throw new VitrineError(
    'unsupported-layer',
    `its computeOutputShape tells ${openShapeText(expected)}, its call gives ${openShapeText([null, ...shape.slice(1)])}`,
  );
}
