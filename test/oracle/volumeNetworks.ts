import { layers as l } from '@tensorflow/tfjs-layers';
import { type Build, chain, type Layer, norm } from './building.ts';

const volume = [4, 5, 3, 2];

function conv3d(options: object = {}): Layer {
  return l.conv3d({ filters: 3, kernelSize: 2, ...options });
}

// Their types lack options that the layers have.
function transposed(options: object = {}): Layer {
  return l.conv3dTranspose({ filters: 2, kernelSize: 2, ...options } as never) as Layer;
}

function maxPooling(options: object): Layer {
  return l.maxPooling3d(options as never) as Layer;
}

function averagePooling(options: object): Layer {
  return l.averagePooling3d(options as never) as Layer;
}

/** Networks about layers of volumes. */
export const volumeNetworks: readonly (readonly [string, Build])[] = [
  ['conv3d', () => chain([4, 4, 4, 2], conv3d({ activation: 'relu' }), l.flatten())],
  [
    'conv3d same, strides',
    () => chain([4, 3, 5, 2], conv3d({ kernelSize: [2, 3, 2], strides: [2, 1, 3], padding: 'same' }), l.flatten()),
  ],
  ['conv3d valid, strides', () => chain([5, 4, 6, 2], conv3d({ strides: [3, 1, 2], useBias: false }), l.flatten())],
  ['volumes with norm, conv3d', () => chain(volume, norm(), conv3d(), norm(), l.reLU({ maxValue: 6 }), l.flatten())],
  [
    'conv3d, channelsFirst',
    () =>
      chain(
        [2, 3, 4, 3],
        conv3d({ dataFormat: 'channelsFirst', activation: 'relu' }),
        averagePooling({ poolSize: 2, strides: 1, dataFormat: 'channelsFirst' }),
        l.flatten(),
      ),
  ],
  ['conv3dTranspose', () => chain([2, 2, 3, 2], transposed({ strides: 2 }), l.reLU(), l.flatten())],
  [
    'volumes with norm, conv3dTranspose',
    () => chain([2, 2, 3, 2], transposed({ strides: 2 }), norm(), l.reLU(), l.flatten()),
  ],
  [
    'conv3dTranspose same, strides',
    () => chain([2, 3, 2, 2], transposed({ kernelSize: 3, strides: [1, 2, 3], padding: 'same' }), l.flatten()),
  ],
  [
    'conv3dTranspose, channelsFirst',
    () => chain([2, 2, 3, 2], transposed({ strides: [2, 1, 1], dataFormat: 'channelsFirst' }), l.flatten()),
  ],
  [
    'maxPooling3d',
    () => chain([4, 6, 5, 2], maxPooling({ poolSize: [2, 3, 2], strides: [2, 1, 2] }), conv3d(), l.flatten()),
  ],
  [
    'maxPooling3d same, overlapping',
    () => chain(volume, conv3d(), maxPooling({ poolSize: 2, strides: 1, padding: 'same' }), l.flatten()),
  ],
  ['averagePooling3d', () => chain([4, 4, 4, 2], averagePooling({ poolSize: 2 }), l.flatten())],
  [
    'averagePooling3d same, overlapping',
    () => chain(volume, averagePooling({ poolSize: 3, strides: [1, 2, 2], padding: 'same' }), conv3d(), l.flatten()),
  ],
];
