import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { type Build, chain, conv, joined, type Layer, norm, picture, vector } from './building.ts';

function each(names: readonly 'relu'[], build: (name: 'relu') => LayersModel, title: string): [string, Build][] {
  return names.map((name) => [`${title} ${name}`, () => build(name)]);
}

const activations = [
  'elu',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'softmax',
  'softplus',
  'softsign',
  'tanh',
  'linear',
  'logSoftmax',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
] as unknown as readonly 'relu'[]; // The declared names lack some that there are.

const plain: [string, Build][] = [
  ['conv2d valid, no bias', () => chain(picture, conv({ useBias: false }))],
  ['conv2d same, strides 2', () => chain(picture, conv({ padding: 'same', strides: 2 }))],
  ['conv2d valid, strides 2 and 1, window 2 × 3', () => chain(picture, conv({ strides: [2, 1], kernelSize: [2, 3] }))],
  [
    'conv2d same, dilation 2',
    () => chain(picture, conv({ padding: 'same', dilationRate: 2 }), conv({ dilationRate: 2, kernelSize: 2 })),
  ],
  ['conv2d 1 × 1, strides 2', () => chain(picture, conv({ kernelSize: 1, strides: 2 }))],
  ...each(activations, (activation) => chain(picture, conv({ activation })), 'conv2d,'),
  [
    'depthwiseConv2d, multiplier 2',
    () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'relu6' })),
  ],
  [
    'depthwiseConv2d same, strides 2',
    () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, padding: 'same', strides: 2, useBias: false })),
  ],
  [
    'depthwiseConv2d, dilation',
    () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, dilationRate: 2, padding: 'same' })),
  ],
  [
    'separableConv2d',
    () =>
      chain(
        picture,
        l.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'relu' }),
      ),
  ],
  [
    'separableConv2d, strides 2',
    () => chain(picture, l.separableConv2d({ filters: 3, kernelSize: 3, strides: 2, useBias: false })),
  ],
  [
    'conv2dTranspose same',
    () =>
      chain(picture, l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })),
  ],
  ['conv2dTranspose valid', () => chain(picture, l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 }), norm())],
  [
    'conv2dTranspose, kernel < stride',
    () => chain(picture, l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, useBias: false })),
  ],
  ['dense, rank 2', () => chain(vector, l.dense({ units: 4, activation: 'relu' }), l.dense({ units: 3 }))],
  ['dense, rank 3', () => chain([4, 3], l.dense({ units: 4, activation: 'relu' }), norm())],
  [
    'dense, rank 4',
    () => chain(picture, l.dense({ units: 4, activation: 'relu6' }), l.dense({ units: 2, useBias: false })),
  ],
  ['embedding', () => chain([4], l.embedding({ inputDim: 7, outputDim: 3 }), l.flatten(), l.dense({ units: 2 }))],
];

const activationLayers: [string, Build][] = [
  ...each(
    activations,
    (activation) => chain([4, 3], l.activation({ activation }), l.dense({ units: 2 })),
    'activation',
  ),
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
  [
    'maxPooling2d same, overlapping',
    () => chain(picture, conv(), l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  ],
  ['averagePooling2d', () => chain(picture, l.averagePooling2d({ poolSize: [2, 3], strides: [2, 1] }))],
  [
    'averagePooling2d same, overlapping',
    () => chain(picture, conv(), l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  ],
  ['globalMaxPooling2d', () => chain(picture, conv(), l.globalMaxPooling2d({}))],
  [
    'globalAveragePooling2d',
    () => chain(picture, conv(), l.globalAveragePooling2d({}), l.dense({ units: 2, activation: 'softmax' })),
  ],
  [
    'conv1d and pooling1d',
    () =>
      chain(
        [9, 2],
        l.conv1d({ filters: 3, kernelSize: 3, activation: 'relu' }),
        l.maxPooling1d({ poolSize: 2 }),
        l.globalAveragePooling1d(),
      ),
  ],
  [
    'conv1d same, strides 2, and maxPooling1d same',
    () =>
      chain(
        [9, 2],
        l.conv1d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', useBias: false, activation: 'tanh' }),
        norm(),
        l.maxPooling1d({ poolSize: 3, strides: 1, padding: 'same' }),
        l.globalAveragePooling1d(),
      ),
  ],
  [
    'conv1d, dilation 2',
    () => chain([9, 2], l.conv1d({ filters: 3, kernelSize: 2, dilationRate: 2, activation: 'tanh' }), l.flatten()),
  ],
  ['averagePooling1d same', () => chain([9, 2], l.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }))],
  ['averagePooling1d', () => chain([9, 2], l.averagePooling1d({ poolSize: 2 }), l.globalMaxPooling1d())],
  [
    'channelsFirst',
    () =>
      chain(
        [2, 6, 7],
        conv({ dataFormat: 'channelsFirst', activation: 'relu' }),
        l.averagePooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }),
        l.flatten({ dataFormat: 'channelsFirst' }),
      ),
  ],
  [
    'channelsFirst, global',
    () =>
      chain(
        [2, 6, 7],
        l.depthwiseConv2d({ kernelSize: 2, dataFormat: 'channelsFirst' }),
        l.upSampling2d({ dataFormat: 'channelsFirst' }),
        l.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
      ),
  ],
  [
    'channelsFirst, borders',
    () =>
      chain(
        [2, 6, 7],
        l.zeroPadding2d({
          padding: [
            [1, 0],
            [2, 1],
          ],
          dataFormat: 'channelsFirst',
        }),
        l.cropping2D({
          cropping: [
            [0, 2],
            [1, 0],
          ],
          dataFormat: 'channelsFirst',
        }),
        l.globalMaxPooling2d({ dataFormat: 'channelsFirst' }),
      ),
  ],
];

const normalizations: [string, Build][] = [
  ['norm after conv', () => chain(picture, conv({ useBias: false }), norm(), l.reLU())],
  ['norm after conv with bias', () => chain(picture, conv(), norm(), l.reLU({ maxValue: 6 }))],
  ['norm without scale', () => chain(picture, conv(), norm({ scale: false }), l.reLU())],
  ['norm without centre', () => chain(picture, conv(), norm({ center: false }))],
  ['norm without scale and centre', () => chain(picture, norm({ center: false, scale: false }), conv())],
  [
    'norm after depthwise',
    () => chain(picture, l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), norm(), l.reLU()),
  ],
  ['norm after separable', () => chain(picture, l.separableConv2d({ filters: 4, kernelSize: 3 }), norm(), l.reLU())],
  ['norm after dense', () => chain(vector, l.dense({ units: 4 }), norm(), l.reLU(), l.dense({ units: 2 }))],
  ['norm before conv', () => chain(picture, norm(), l.reLU(), conv())],
  ['norm with a list of one axis', () => chain(picture, norm({ axis: [3] }), conv())],
  ...[false, true].flatMap((useBias): [string, Build][] => {
    const biased = useBias ? 'with' : 'without';
    return [
      [`norm before conv, ${biased} bias`, () => chain(picture, norm(), conv({ useBias }))],
      [
        `norm before conv of one pixel, ${biased} bias`,
        () => chain(picture, norm(), conv({ useBias, kernelSize: 1, padding: 'same' })),
      ],
      ...[1, 2].map((depthMultiplier): [string, Build] => [
        `norm before depthwise, multiplier ${depthMultiplier}, ${biased} bias`,
        () => chain(picture, norm(), l.depthwiseConv2d({ kernelSize: 2, depthMultiplier, useBias })),
      ]),
      ...[1, 2].map((depthMultiplier): [string, Build] => [
        `norm before and after depthwise, multiplier ${depthMultiplier}, ${biased} bias`,
        () => chain(picture, norm(), l.depthwiseConv2d({ kernelSize: 2, depthMultiplier, useBias }), norm(), l.reLU()),
      ]),
      [
        `norm before separable, ${biased} bias`,
        () => chain(picture, norm(), l.separableConv2d({ filters: 3, kernelSize: 2, useBias })),
      ],
      [`norm before dense, ${biased} bias`, () => chain(vector, norm(), l.dense({ units: 3, useBias }), l.reLU())],
    ];
  }),
  ['norm after norm', () => chain(picture, conv(), norm(), norm(), l.reLU())],
  ['norm after relu', () => chain(picture, conv({ activation: 'relu' }), norm(), norm({ scale: false }))],
  ['norm after concatenate', () => joined(l.concatenate(), [conv()], [conv(), norm(), l.reLU()])],
  ['layerNormalization', () => chain([4, 5], l.layerNormalization({}), l.dense({ units: 2 }))],
  ['layerNormalization of two axes', () => chain([4, 5], l.layerNormalization({ axis: [1, 2], scale: false }))],
  ['rescaling', () => chain(picture, l.rescaling({ scale: 0.5, offset: -0.25 }) as Layer, conv())],
  [
    'rescaling by lists',
    () => chain(picture, l.rescaling({ scale: [0.5, 2], offset: [-0.25, 1] } as never) as Layer, conv()),
  ],
];

/** Networks about single layers and pairs of them. */
export const layerNetworks: readonly (readonly [string, Build])[] = [
  ...plain,
  ...activationLayers,
  ...windows,
  ...normalizations,
];
