import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers as layersOf, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model, sequential } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { sizeOf } from '../../src/numeric/shape.ts';
import { custom, Fork, Wave } from './layers.ts';

type Layer = layersOf.Layer;
type Build = () => LayersModel;

const picture = [6, 7, 2];
const vector = [5];
const conv = (config: object = {}): Layer => l.conv2d({ filters: 3, kernelSize: 3, ...config });
const norm = (config: object = {}): Layer => l.batchNormalization(config);
const apply = (layer: Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor => layer.apply(x) as SymbolicTensor;

/** Layers one after the other. */
export function chain(shape: readonly number[], ...layers: Layer[]): LayersModel {
  const x = input({ shape: [...shape] });
  return model({ inputs: x, outputs: layers.reduce((value, layer) => apply(layer, value), x) });
}

/** A model whose branches all read one input and whose results a layer joins. */
function joined(join: Layer, ...branches: Layer[][]): LayersModel {
  const x = input({ shape: picture });
  const ends = branches.map((branch) => branch.reduce((value, layer) => apply(layer, value), x));
  return model({ inputs: x, outputs: apply(join, ends) });
}

function each<T extends string>(names: readonly T[], build: (name: T) => LayersModel, title: string): [string, Build][] {
  return names.map((name) => [`${title} ${name}`, () => build(name)]);
}

const activations = [
  'elu', 'relu', 'relu6', 'selu', 'sigmoid', 'hardSigmoid', 'softmax', 'softplus', 'softsign', 'tanh', 'linear',
  'logSoftmax', 'swish', 'mish', 'gelu', 'gelu_new',
] as const; // prettier-ignore

const plain: [string, Build][] = [
  ['conv2d valid, no bias', () => chain(picture, conv({ useBias: false }))],
  ['conv2d same, strides 2', () => chain(picture, conv({ padding: 'same', strides: 2 }))],
  ['conv2d valid, strides 2 and 1, window 2 × 3', () => chain(picture, conv({ strides: [2, 1], kernelSize: [2, 3] }))],
  ['conv2d same, dilation 2', () => chain(picture, conv({ padding: 'same', dilationRate: 2 }), conv({ dilationRate: 2, kernelSize: 2 }))],
  ['conv2d 1 × 1, strides 2', () => chain(picture, conv({ kernelSize: 1, strides: 2 }))],
  ...each(activations, (activation) => chain(picture, conv({ activation })), 'conv2d,'),
  ['depthwiseConv2d, multiplier 2', () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'relu6' }))],
  ['depthwiseConv2d same, strides 2', () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, padding: 'same', strides: 2, useBias: false }))],
  ['depthwiseConv2d, dilation', () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, dilationRate: 2, padding: 'same' }))],
  ['separableConv2d', () => chain(picture, l.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'relu' }))],
  ['separableConv2d, strides 2', () => chain(picture, l.separableConv2d({ filters: 3, kernelSize: 3, strides: 2, useBias: false }))],
  ['conv2dTranspose same', () => chain(picture, l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }))],
  ['conv2dTranspose valid', () => chain(picture, l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 }), norm())],
  ['conv2dTranspose, kernel < stride', () => chain(picture, l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, useBias: false }))],
  ['dense, rank 2', () => chain(vector, l.dense({ units: 4, activation: 'relu' }), l.dense({ units: 3 }))],
  ['dense, rank 3', () => chain([4, 3], l.dense({ units: 4, activation: 'relu' }), norm())],
  ['dense, rank 4', () => chain(picture, l.dense({ units: 4, activation: 'relu6' }), l.dense({ units: 2, useBias: false }))],
  ['embedding', () => chain([4], l.embedding({ inputDim: 7, outputDim: 3 }), l.flatten(), l.dense({ units: 2 }))],
];

const activationLayers: [string, Build][] = [
  ...each(activations, (activation) => chain([4, 3], l.activation({ activation }), l.dense({ units: 2 })), 'activation'),
  ['reLU', () => chain(picture, conv(), l.reLU())],
  ['reLU, maxValue 6', () => chain(picture, conv(), l.reLU({ maxValue: 6 }))],
  ['reLU, maxValue 0.4', () => chain(picture, conv(), norm(), l.reLU({ maxValue: 0.4 }))],
  ['leakyReLU', () => chain(picture, conv(), l.leakyReLU({ alpha: 0.2 }))],
  ['prelu', () => chain(picture, conv(), l.prelu())],
  ['prelu, shared axes', () => chain(picture, conv(), l.prelu({ sharedAxes: [1, 2] }))],
  ['elu', () => chain(picture, conv(), l.elu())],
  ['thresholdedReLU', () => chain(picture, conv(), l.thresholdedReLU({ theta: 0.3 }))],
  ['softmax, last axis', () => chain(picture, conv(), l.softmax({ axis: -1 }))],
  ['softmax, axis 3', () => chain(picture, conv(), l.softmax({ axis: 3 }))],
];

const windows: [string, Build][] = [
  ['maxPooling2d', () => chain(picture, l.maxPooling2d({ poolSize: 2 }))],
  ['maxPooling2d same, overlapping', () => chain(picture, conv(), l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }))],
  ['averagePooling2d', () => chain(picture, l.averagePooling2d({ poolSize: [2, 3], strides: [2, 1] }))],
  ['averagePooling2d same, overlapping', () => chain(picture, conv(), l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }))],
  ['globalMaxPooling2d', () => chain(picture, conv(), l.globalMaxPooling2d({}))],
  ['globalAveragePooling2d', () => chain(picture, conv(), l.globalAveragePooling2d({}), l.dense({ units: 2, activation: 'softmax' }))],
  ['conv1d and pooling1d', () => chain([9, 2], l.conv1d({ filters: 3, kernelSize: 3, activation: 'relu' }), l.maxPooling1d({ poolSize: 2 }), l.globalAveragePooling1d())],
  ['averagePooling1d', () => chain([9, 2], l.averagePooling1d({ poolSize: 2 }), l.globalMaxPooling1d())],
  ['conv3d', () => chain([4, 4, 4, 2], l.conv3d({ filters: 2, kernelSize: 2, activation: 'relu' }), l.flatten())],
  ['pooling3d', () => chain([4, 4, 4, 2], l.averagePooling3d({ poolSize: [2, 2, 2] }), l.flatten())],
  ['channelsFirst', () => chain([2, 6, 7], conv({ dataFormat: 'channelsFirst', activation: 'relu' }), l.averagePooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }), l.flatten({ dataFormat: 'channelsFirst' }))],
  ['channelsFirst, global', () => chain([2, 6, 7], l.depthwiseConv2d({ kernelSize: 2, dataFormat: 'channelsFirst' }), l.upSampling2d({ dataFormat: 'channelsFirst' }), l.globalAveragePooling2d({ dataFormat: 'channelsFirst' }))],
  ['channelsFirst, borders', () => chain([2, 6, 7], l.zeroPadding2d({ padding: [[1, 0], [2, 1]], dataFormat: 'channelsFirst' }), l.cropping2D({ cropping: [[0, 2], [1, 0]], dataFormat: 'channelsFirst' }), l.globalMaxPooling2d({ dataFormat: 'channelsFirst' }))], // prettier-ignore
];

const normalizations: [string, Build][] = [
  ['norm after conv', () => chain(picture, conv({ useBias: false }), norm(), l.reLU())],
  ['norm after conv with bias', () => chain(picture, conv(), norm(), l.reLU({ maxValue: 6 }))],
  ['norm without scale', () => chain(picture, conv(), norm({ scale: false }), l.reLU())],
  ['norm without centre', () => chain(picture, conv(), norm({ center: false }))],
  ['norm without scale and centre', () => chain(picture, norm({ center: false, scale: false }), conv())],
  ['norm after depthwise', () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), norm(), l.reLU())],
  ['norm after separable', () => chain(picture, l.separableConv2d({ filters: 4, kernelSize: 3 }), norm(), l.reLU())],
  ['norm after dense', () => chain(vector, l.dense({ units: 4 }), norm(), l.reLU(), l.dense({ units: 2 }))],
  ['norm before conv', () => chain(picture, norm(), l.reLU(), conv())],
  ['norm after norm', () => chain(picture, conv(), norm(), norm(), l.reLU())],
  ['norm after relu', () => chain(picture, conv({ activation: 'relu' }), norm(), norm({ scale: false }))],
  ['norm after concatenate', () => joined(l.concatenate(), [conv()], [conv(), norm(), l.reLU()])],
  ['layerNormalization', () => chain([4, 5], l.layerNormalization({}), l.dense({ units: 2 }))],
  ['layerNormalization of two axes', () => chain([4, 5], l.layerNormalization({ axis: [1, 2], scale: false }))],
  ['rescaling', () => chain(picture, l.rescaling({ scale: 0.5, offset: -0.25 }) as Layer, conv())],
];

const shapes: [string, Build][] = [
  ['reshape and permute', () => chain(picture, l.permute({ dims: [3, 1, 2] }), l.reshape({ targetShape: [4, 21] }), l.dense({ units: 2 }))],
  ['flatten', () => chain(picture, l.flatten(), l.dense({ units: 3, activation: 'softmax' }), l.reshape({ targetShape: [3, 1] }))],
  ['repeatVector', () => chain(vector, l.repeatVector({ n: 3 }), l.dense({ units: 2 }))],
  ['zeroPadding2d', () => chain(picture, l.zeroPadding2d({ padding: [[1, 2], [0, 3]] }), conv({ strides: 2 }))], // prettier-ignore
  ['cropping2D', () => chain(picture, l.cropping2D({ cropping: [[1, 2], [0, 3]] }), conv({ padding: 'same' }))], // prettier-ignore
  ['upSampling2d nearest', () => chain(picture, l.upSampling2d({ size: [2, 3] }), conv())],
  ['upSampling2d bilinear', () => chain(picture, conv(), l.upSampling2d({ size: [3, 2], interpolation: 'bilinear' }))],
  ['centerCrop', () => chain(picture, l.centerCrop({ height: 3, width: 4 }) as Layer)],
  ['dropout and noise', () => chain(picture, l.dropout({ rate: 0.5 }), l.gaussianNoise({ stddev: 1 }), conv(), l.alphaDropout({ rate: 0.4 }), l.gaussianDropout({ rate: 0.3 }))],
  ['spatialDropout1d', () => chain([4, 3], l.spatialDropout1d({ rate: 0.5 }), l.dense({ units: 2 }))],
];

const merges: [string, Build][] = [
  ...(['add', 'multiply', 'average', 'maximum', 'minimum'] as const).map((name): [string, Build] => [
    `${name} of three`,
    () => joined(l[name]({}), [conv()], [conv({ activation: 'relu' })], [conv({ activation: 'tanh' })]),
  ]),
  ['concatenate, last axis', () => joined(l.concatenate(), [conv()], [conv({ filters: 2 })], [conv()])],
  ['concatenate, axis 1', () => joined(l.concatenate({ axis: 1 }), [conv()], [conv({ strides: [2, 1], activation: 'relu' })])],
  ['concatenate, axis −2', () => joined(l.concatenate({ axis: -2 }), [conv()], [conv()])],
  ['dot', () => joined(l.dot({ axes: -1 }), [l.flatten(), l.dense({ units: 3 })], [l.flatten(), l.dense({ units: 3 })])],
  ['gate', () => joined(l.multiply(), [conv({ padding: 'same' })], [conv({ padding: 'same' }), l.globalAveragePooling2d({}), l.reshape({ targetShape: [1, 1, 3] }), conv({ kernelSize: 1, activation: 'sigmoid' })])],
  ['add of different ranks', () => joined(l.add(), [conv()], [l.globalAveragePooling2d({}), l.dense({ units: 3 })])],
  ['conv used twice', () => {
    const x = input({ shape: picture });
    const y = apply(conv(), x);
    return model({ inputs: x, outputs: apply(l.add(), [apply(norm(), y), apply(l.reLU(), y)]) });
  }],
  ['residual', () => joined(l.add(), [conv({ padding: 'same', filters: 2 }), norm(), l.reLU(), conv({ padding: 'same', filters: 2 }), norm()], [l.activation({ activation: 'linear' })])],
]; // prettier-ignore

const graphs: [string, Build][] = [
  ['nested functional', () => chain(picture, conv(), chain([4, 5, 3], conv({ name: 'deep' }), l.reLU()), l.flatten())],
  ['sequential first in sequential', () => sequential({ layers: [sequential({ layers: [conv({ inputShape: picture }), norm()] }), l.reLU(), l.flatten(), l.dense({ units: 2 })] })],
  ['sequential later in sequential', () => sequential({ layers: [conv({ inputShape: picture }), sequential({ layers: [conv({ inputShape: [4, 5, 3] }), norm(), l.reLU()] }), l.flatten()] })],
  ['nested model called twice', () => {
    const inner = chain(picture, conv({ filters: 2, padding: 'same', name: 'within' }), norm(), l.reLU());
    const x = input({ shape: picture });
    return model({ inputs: x, outputs: inner.apply(inner.apply(x)) as SymbolicTensor });
  }],
  ['shared layer', () => {
    const [x, y, shared] = [input({ shape: picture }), input({ shape: picture }), conv({ name: 'shared' })];
    const ends = [x, y].map((value) => apply(shared, value));
    return model({ inputs: [x, y], outputs: [apply(l.add(), [apply(norm(), ends[0] as SymbolicTensor), ends[1] as SymbolicTensor]), apply(l.flatten(), ends[1] as SymbolicTensor)] });
  }],
  ['an output inside, an input as output', () => {
    const x = input({ shape: picture });
    const y = apply(conv(), x);
    return model({ inputs: x, outputs: [y, apply(l.reLU(), apply(norm(), y)), x] });
  }],
  ['inputs of different shapes', () => {
    const [x, y] = [input({ shape: picture }), input({ shape: vector })];
    const features = apply(l.globalAveragePooling2d({}), apply(conv(), x));
    return model({ inputs: [x, y], outputs: apply(l.dense({ units: 2 }), apply(l.concatenate(), [features, y])) });
  }],
  ['custom layer', () => chain(picture, conv(), custom(Wave), l.flatten())],
  ['custom layer with two outputs', () => {
    const x = input({ shape: picture });
    const [square, more] = custom(Fork, 'fork').apply(apply(conv(), x)) as SymbolicTensor[];
    return model({ inputs: x, outputs: apply(l.add(), [square as SymbolicTensor, apply(l.reLU(), more as SymbolicTensor)]) });
  }],
  ['lstm', () => chain(picture, conv(), l.reshape({ targetShape: [4, 15] }), l.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }))],
  ['timeDistributed', () => chain([3, 4, 4, 2], l.timeDistributed({ layer: l.conv2d({ filters: 2, kernelSize: 2, batchInputShape: [null, 4, 4, 2] }) }), l.flatten())],
]; // prettier-ignore

// tfjs cannot run these layers in a model: they take the list of inputs for a tensor.
const resizings: [string, Build][] = [
  ['resizing bilinear', () => chain(picture, l.resizing({ height: 5, width: 9, interpolation: 'bilinear' }) as Layer)],
  ['resizing nearest', () => chain(picture, l.resizing({ height: 9, width: 4, interpolation: 'nearest' }) as Layer)],
  ['resizing, cropToAspectRatio', () => chain(picture, l.resizing({ height: 9, width: 4, interpolation: 'bilinear', cropToAspectRatio: true }) as Layer)],
];

/** Networks of one resizing layer. */
export const resizingNetworks: ReadonlyMap<string, Build> = new Map(resizings);

/** Small networks by what is special about them; the caller disposes what they build. */
export const networks: ReadonlyMap<string, Build> = new Map(
  [...plain, ...activationLayers, ...windows, ...normalizations, ...shapes, ...merges, ...graphs].map(
    ([name, build], i): [string, Build] => [name, () => randomized(build(), i)],
  ),
);

/** Gives every weight a random value of its own, variances positive ones. */
export function randomized(model: LayersModel, seed = 0): LayersModel {
  model.weights.forEach((weight, i) => {
    const source = random(seed, i);
    const positive = weight.name.includes('variance');
    const fan = Math.sqrt(sizeOf(weight.shape.slice(0, -1) as number[]));
    const values = Float32Array.from({ length: sizeOf(weight.shape as number[]) }, () =>
      positive ? 0.5 + source.uniform() : ((source.uniform() - 0.5) * 3) / fan,
    );
    tf.tidy(() => weight.write(tf.tensor(values, weight.shape as number[])));
  });
  return model;
}

/** Random numbers in the shapes of a model's inputs; whole ones for an embedding. */
export function inputsOf(model: LayersModel, count = 2, seed = 0): NdArray[] {
  const tokens = model.layers.some((layer) => layer.getClassName() === 'Embedding');
  return model.inputs.map(({ shape }, i) => {
    const full = [count, ...(shape.slice(1) as number[])];
    const source = random(seed, 1000 + i);
    const draw = (): number => (tokens ? Math.floor(7 * source.uniform()) : 2 * source.uniform() - 1);
    return { shape: full, data: Float32Array.from({ length: sizeOf(full) }, draw) };
  });
}

/** Frees the weights of a model, also of one whose layers are shared with others. */
export function free(model: LayersModel): void {
  tf.dispose(model.weights.map((weight) => weight.read()));
}

/** A small classifier: conv1, norm1, relu1, pool1, conv2, features, scores (softmax by default). */
export function classifier({ units = 4, activation = 'softmax', seed = 3 }: ClassifierOptions = {}): LayersModel {
  const layers = [
    conv({ name: 'conv1', useBias: false, padding: 'same', filters: 4 }),
    norm({ name: 'norm1' }),
    l.reLU({ name: 'relu1' }),
    l.maxPooling2d({ name: 'pool1', poolSize: 2 }),
    conv({ name: 'conv2', kernelSize: 2, activation: 'tanh' }),
    l.globalAveragePooling2d({ name: 'features' }),
    l.dense({ name: 'scores', units, activation: activation as 'softmax' }),
  ];
  return randomized(chain(picture, ...layers), seed);
}

interface ClassifierOptions {
  readonly units?: number;
  readonly activation?: 'softmax' | 'sigmoid' | 'linear';
  readonly seed?: number;
}
