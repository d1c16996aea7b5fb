import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model, sequential } from '@tensorflow/tfjs-layers';
import { apply, type Build, chain, conv, type Layer, norm, picture } from './building.ts';

const frames = [3, ...picture];

/** A layer, or a model, on each frame. */
export function perFrame(layer: unknown, options: object = {}): Layer {
  return l.timeDistributed({ layer, ...options } as never) as Layer;
}

function of(make: () => Layer, shape: readonly number[] = frames): Build {
  return () => chain(shape, perFrame(make()), l.flatten(), l.dense({ units: 2 }));
}

/** A network with a gate, which is spread over the plane of each frame, and a product of two functions of one value. */
function gated(): ReturnType<Build> {
  const x = input({ shape: picture });
  const features = apply(conv({ padding: 'same', activation: 'relu' }), x);
  const gate = apply(l.dense({ units: 3, activation: 'sigmoid' }), apply(l.globalAveragePooling2d({}), features));
  const scaled = l.multiply().apply([features, apply(l.reshape({ targetShape: [1, 1, 3] }), gate)]) as SymbolicTensor;
  const smooth = l.multiply().apply([scaled, apply(l.activation({ activation: 'sigmoid' }), scaled)]) as SymbolicTensor;
  const joint = l.concatenate().apply([smooth, features]) as SymbolicTensor;
  return model({ inputs: x, outputs: apply(l.globalMaxPooling2d({}), joint), name: 'gated' });
}

/** A convolutional network with a residual, of layers with names. */
function residual(): ReturnType<Build> {
  const x = input({ shape: picture });
  const first = apply(norm({ scale: false, name: 'norm' }), apply(conv({ name: 'conv', padding: 'same' }), x));
  const second = apply(conv({ name: 'again', padding: 'same' }), apply(l.reLU({ name: 'relu' }), first));
  const sum = l.add({ name: 'sum' }).apply([first, second]) as SymbolicTensor;
  return model({ inputs: x, outputs: apply(l.globalAveragePooling2d({ name: 'gap' } as never), sum), name: 'cnn' });
}

/** Networks about layers that are applied to each frame of a sequence. */
export const frameNetworks: readonly (readonly [string, Build])[] = [
  ['frames: conv2d', of(() => conv({ activation: 'relu' }))],
  ['frames: conv2d, dilation 2', of(() => conv({ kernelSize: 2, dilationRate: 2 }))],
  ['frames: depthwiseConv2d', of(() => l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }))],
  ['frames: separableConv2d', of(() => l.separableConv2d({ filters: 2, kernelSize: 3, padding: 'same' }))],
  ['frames: conv2dTranspose', of(() => l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }))],
  ['frames: maxPooling2d same', of(() => l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }))],
  ['frames: averagePooling2d same', of(() => l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }))],
  ['frames: norm without scale', of(() => norm({ scale: false }))],
  ['frames: thresholdedReLU', of(() => l.thresholdedReLU({ theta: 0.3 }))],
  ['frames: dense', of(() => l.dense({ units: 3, activation: 'relu' }), [4, 3])],
  ['frames: conv1d', of(() => l.conv1d({ filters: 3, kernelSize: 2, activation: 'relu' }), [3, 5, 2])],
  ['frames: layerNormalization, two axes', of(() => l.layerNormalization({ axis: [1, 2] }), [3, 4, 2])],
  ['frames: permute', of(() => l.permute({ dims: [3, 1, 2] }))],
  ['frames: one', of(() => conv({ activation: 'relu' }), [1, ...picture])],
  [
    'frames: conv2d, norm and relu apart',
    () => chain(frames, perFrame(norm()), perFrame(conv()), perFrame(norm()), perFrame(l.reLU({})), l.flatten()),
  ],
  [
    'frames with norm of all, conv2d and global pool',
    () =>
      chain(
        frames,
        perFrame(conv()),
        norm(),
        l.activation({ activation: 'relu' }),
        perFrame(l.globalAveragePooling2d({})),
        l.flatten(),
      ),
  ],
  [
    'frames: nested',
    () => chain([2, ...frames], perFrame(perFrame(conv({ activation: 'relu' }))), l.flatten(), l.dense({ units: 2 })),
  ],
  [
    'frames: sequential and conv1d',
    () => {
      const layers = [conv({ inputShape: picture, activation: 'relu' }), l.maxPooling2d({}), l.flatten()];
      return chain(
        frames,
        perFrame(sequential({ layers })),
        l.conv1d({ filters: 3, kernelSize: 2, activation: 'relu' }),
        l.globalMaxPooling1d(),
        l.dense({ units: 2 }),
      );
    },
  ],
  ['frames: residual', () => chain(frames, perFrame(residual(), { name: 'td' }), l.flatten(), l.dense({ units: 2 }))],
  ['frames: gate', () => chain(frames, perFrame(gated()), l.flatten(), l.dense({ units: 2 }))],
];
