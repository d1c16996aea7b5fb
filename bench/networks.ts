import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import type { NdArray } from '../src/index.ts';
import { readModel } from '../src/node/index.ts';

/** The networks on which work is measured, and how each is had. */
export const networks: Readonly<Record<NetworkName, () => Promise<LayersModel>>> = {
  'EfficientNet-Lite0': () => readModel('examples/models/efficientnet-lite0/model.json'),
  'VGG-like': async () => vggLike(),
  'ResNet-like': async () => resNetLike(),
};
export type NetworkName = 'EfficientNet-Lite0' | 'VGG-like' | 'ResNet-like';
export const namesOfNetworks: readonly NetworkName[] = Object.keys(networks) as NetworkName[];

/** The layers of VGG-16 at a quarter of its width: plain 3×3 convolutions with fused ReLU, max pooling, dense layers. */
export function vggLike(): LayersModel {
  const model = tfl.sequential({ name: 'vgg_like' });
  const widths = [
    [16, 16],
    [32, 32],
    [64, 64, 64],
    [128, 128, 128],
    [128, 128, 128],
  ];
  for (const block of widths) {
    for (const filters of block) {
      const first = model.layers.length === 0 ? { inputShape: [224, 224, 3] } : {};
      model.add(tfl.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...first }));
    }
    model.add(tfl.layers.maxPooling2d({ poolSize: 2 }));
  }
  model.add(tfl.layers.flatten());
  model.add(tfl.layers.dense({ units: 256, activation: 'relu' }));
  model.add(tfl.layers.dense({ units: 1000, activation: 'softmax' }));
  return model;
}

/** The layers of ResNet-18 at half its width: convolution, batch normalisation, ReLU, and additions. */
export function resNetLike(): LayersModel {
  const input = tfl.input({ shape: [224, 224, 3] });
  let x = normalized(input, { filters: 32, kernelSize: 7, strides: 2 }, true);
  x = tfl.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }).apply(x) as SymbolicTensor;
  for (const [stage, filters] of [32, 64, 128, 256].entries()) {
    for (let block = 0; block < 2; block++) x = residual(x, filters, stage > 0 && block === 0 ? 2 : 1);
  }
  x = tfl.layers.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
  const outputs = tfl.layers.dense({ units: 1000, activation: 'softmax' }).apply(x) as SymbolicTensor;
  return tfl.model({ inputs: input, outputs, name: 'resnet_like' });
}

interface Convolution {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides: number;
}

function residual(x: SymbolicTensor, filters: number, strides: number): SymbolicTensor {
  const inner = normalized(x, { filters, kernelSize: 3, strides }, true);
  const outer = normalized(inner, { filters, kernelSize: 3, strides: 1 }, false);
  const skip = strides > 1 ? normalized(x, { filters, kernelSize: 1, strides }, false) : x;
  return tfl.layers.reLU().apply(tfl.layers.add().apply([outer, skip])) as SymbolicTensor;
}

function normalized(x: SymbolicTensor, convolution: Convolution, activated: boolean): SymbolicTensor {
  const linear = tfl.layers.conv2d({ ...convolution, padding: 'same', useBias: false }).apply(x);
  const y = tfl.layers.batchNormalization().apply(linear);
  return (activated ? tfl.layers.reLU().apply(y) : y) as SymbolicTensor;
}

/** A picture-like input from a closed form. */
export function inputFor(model: LayersModel): tf.Tensor {
  const { shape, data } = inputShaped([1, ...((model.inputs[0]?.shape ?? []) as number[]).slice(1)]);
  return tf.tensor(data, [...shape]);
}

/** The same as an array. */
export function inputShaped(shape: readonly number[]): NdArray {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.0011)) };
}
