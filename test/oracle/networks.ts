import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model, sequential } from '@tensorflow/tfjs-layers';
import { apply, type Build, chain, conv, joined, type Layer, norm, picture, randomized, vector } from './building.ts';
import { frameNetworks } from './frameNetworks.ts';
import { layerNetworks } from './layerNetworks.ts';
import { custom, Fork, Wave } from './layers.ts';
import { recurrentNetworks } from './recurrentNetworks.ts';
import { volumeNetworks } from './volumeNetworks.ts';

const shapes: [string, Build][] = [
  [
    'reshape and permute',
    () => chain(picture, l.permute({ dims: [3, 1, 2] }), l.reshape({ targetShape: [4, 21] }), l.dense({ units: 2 })),
  ],
  [
    'flatten',
    () => chain(picture, l.flatten(), l.dense({ units: 3, activation: 'softmax' }), l.reshape({ targetShape: [3, 1] })),
  ],
  ['repeatVector', () => chain(vector, l.repeatVector({ n: 3 }), l.dense({ units: 2 }))],
  [
    'zeroPadding2d',
    () =>
      chain(
        picture,
        l.zeroPadding2d({
          padding: [
            [1, 2],
            [0, 3],
          ],
        }),
        conv({ strides: 2 }),
      ),
  ],
  [
    'cropping2D',
    () =>
      chain(
        picture,
        l.cropping2D({
          cropping: [
            [1, 2],
            [0, 3],
          ],
        }),
        conv({ padding: 'same' }),
      ),
  ],
  ['upSampling2d nearest', () => chain(picture, l.upSampling2d({ size: [2, 3] }), conv())],
  ['upSampling2d bilinear', () => chain(picture, conv(), l.upSampling2d({ size: [3, 2], interpolation: 'bilinear' }))],
  ['centerCrop', () => chain(picture, conv({ padding: 'same' }), l.centerCrop({ height: 3, width: 4 }) as Layer)],
  [
    'centerCrop, one column',
    () => chain(picture, conv({ padding: 'same' }), l.centerCrop({ height: 1, width: 6 }) as Layer),
  ],
  [
    'centerCrop, all columns',
    () => chain(picture, conv({ padding: 'same' }), l.centerCrop({ height: 5, width: 7 }) as Layer),
  ],
  [
    'dropout and noise',
    () =>
      chain(
        picture,
        l.dropout({ rate: 0.5 }),
        l.gaussianNoise({ stddev: 1 }),
        conv(),
        l.alphaDropout({ rate: 0.4 }),
        l.gaussianDropout({ rate: 0.3 }),
      ),
  ],
  ['spatialDropout1d', () => chain([4, 3], l.spatialDropout1d({ rate: 0.5 }), l.dense({ units: 2 }))],
];

const merges: [string, Build][] = [
  ...(['add', 'multiply', 'average', 'maximum', 'minimum'] as const).map((name): [string, Build] => [
    `${name} of three`,
    () => joined(l[name]({}), [conv()], [conv({ activation: 'relu' })], [conv({ activation: 'tanh' })]),
  ]),
  ...(['add', 'multiply', 'maximum'] as const).map((name): [string, Build] => [
    `${name} of a picture and a vector`,
    () => joined(l[name]({}), [conv()], [conv(), l.globalAveragePooling2d({})]),
  ]),
  ['concatenate, last axis', () => joined(l.concatenate(), [conv()], [conv({ filters: 2 })], [conv()])],
  [
    'concatenate, axis 1',
    () => joined(l.concatenate({ axis: 1 }), [conv()], [conv({ strides: [2, 1], activation: 'relu' })]),
  ],
  ['concatenate, axis 2', () => joined(l.concatenate({ axis: 2 }), [conv()], [conv()])],
  [
    'dot',
    () => joined(l.dot({ axes: -1 }), [l.flatten(), l.dense({ units: 3 })], [l.flatten(), l.dense({ units: 3 })]),
  ],
  [
    'gate',
    () =>
      joined(
        l.multiply(),
        [conv({ padding: 'same' })],
        [
          conv({ padding: 'same' }),
          l.globalAveragePooling2d({}),
          l.reshape({ targetShape: [1, 1, 3] }),
          conv({ kernelSize: 1, activation: 'sigmoid' }),
        ],
      ),
  ],
  ['add of different ranks', () => joined(l.add(), [conv()], [l.globalAveragePooling2d({}), l.dense({ units: 3 })])],
  [
    'conv used twice',
    () => {
      const x = input({ shape: picture });
      const y = apply(conv(), x);
      return model({ inputs: x, outputs: apply(l.add(), [apply(norm(), y), apply(l.reLU(), y)]) });
    },
  ],
  [
    'residual',
    () =>
      joined(
        l.add(),
        [conv({ padding: 'same', filters: 2 }), norm(), l.reLU(), conv({ padding: 'same', filters: 2 }), norm()],
        [l.activation({ activation: 'linear' })],
      ),
  ],
];

const graphs: [string, Build][] = [
  ['nested functional', () => chain(picture, conv(), chain([4, 5, 3], conv({ name: 'deep' }), l.reLU()), l.flatten())],
  [
    'sequential first in sequential',
    () =>
      sequential({
        layers: [
          sequential({ layers: [conv({ inputShape: picture }), norm()] }),
          l.reLU(),
          l.flatten(),
          l.dense({ units: 2 }),
        ],
      }),
  ],
  [
    'sequential later in sequential',
    () =>
      sequential({
        layers: [
          conv({ inputShape: picture }),
          sequential({ layers: [conv({ inputShape: [4, 5, 3] }), norm(), l.reLU()] }),
          l.flatten(),
        ],
      }),
  ],
  [
    'nested model called twice',
    () => {
      const inner = chain(picture, conv({ filters: 2, padding: 'same', name: 'within' }), norm(), l.reLU());
      const x = input({ shape: picture });
      return model({ inputs: x, outputs: inner.apply(inner.apply(x)) as SymbolicTensor });
    },
  ],
  [
    'shared layer',
    () => {
      const [x, y, shared] = [input({ shape: picture }), input({ shape: picture }), conv({ name: 'shared' })];
      const ends = [x, y].map((value) => apply(shared, value));
      return model({
        inputs: [x, y],
        outputs: [
          apply(l.add(), [apply(norm(), ends[0] as SymbolicTensor), ends[1] as SymbolicTensor]),
          apply(l.flatten(), ends[1] as SymbolicTensor),
        ],
      });
    },
  ],
  [
    'an output inside, an input as output',
    () => {
      const x = input({ shape: picture });
      const y = apply(conv(), x);
      return model({ inputs: x, outputs: [y, apply(l.reLU(), apply(norm(), y)), x] });
    },
  ],
  [
    'inputs of different shapes',
    () => {
      const [x, y] = [input({ shape: picture }), input({ shape: vector })];
      const features = apply(l.globalAveragePooling2d({}), apply(conv(), x));
      return model({ inputs: [x, y], outputs: apply(l.dense({ units: 2 }), apply(l.concatenate(), [features, y])) });
    },
  ],
  ['custom layer', () => chain(picture, conv(), custom(Wave), l.flatten())],
  [
    'custom layer with two outputs',
    () => {
      const x = input({ shape: picture });
      const [square, more] = custom(Fork, 'fork').apply(apply(conv(), x)) as SymbolicTensor[];
      return model({
        inputs: x,
        outputs: apply(l.add(), [square as SymbolicTensor, apply(l.reLU(), more as SymbolicTensor)]),
      });
    },
  ],
  [
    'lstm',
    () =>
      chain(
        picture,
        conv(),
        l.reshape({ targetShape: [4, 15] }),
        l.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }),
      ),
  ],
  [
    'timeDistributed',
    () =>
      chain(
        [3, 4, 4, 2],
        l.timeDistributed({ layer: l.conv2d({ filters: 2, kernelSize: 2, batchInputShape: [null, 4, 4, 2] }) }),
        l.flatten(),
      ),
  ],
];

// tfjs cannot run these layers in a model: they take the list of inputs for a tensor.
const resizings: [string, Build][] = [
  ['resizing bilinear', () => chain(picture, l.resizing({ height: 5, width: 9, interpolation: 'bilinear' }) as Layer)],
  ['resizing nearest', () => chain(picture, l.resizing({ height: 9, width: 4, interpolation: 'nearest' }) as Layer)],
  [
    'resizing, cropToAspectRatio',
    () =>
      chain(picture, l.resizing({ height: 9, width: 4, interpolation: 'bilinear', cropToAspectRatio: true }) as Layer),
  ],
];

/** Networks of one resizing layer. */
export const resizingNetworks: ReadonlyMap<string, Build> = new Map(resizings);

/** Small networks by what is special about them; the caller disposes what they build. */
export const networks: ReadonlyMap<string, Build> = new Map(
  [...layerNetworks, ...shapes, ...merges, ...graphs, ...recurrentNetworks, ...volumeNetworks, ...frameNetworks].map(
    ([name, build], i): [string, Build] => [name, () => randomized(build(), i)],
  ),
);
