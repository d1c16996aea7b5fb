import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model } from '@tensorflow/tfjs-layers';
import { type Random, random } from '../../src/numeric/random.ts';
import { apply, type Build, conv, type Layer, norm, randomized } from './building.ts';
import { custom, Wave } from './layers.ts';

type Block = (x: SymbolicTensor, draw: Random) => SymbolicTensor;

const follow = (x: SymbolicTensor, ...layers: Layer[]): SymbolicTensor =>
  layers.reduce((value, layer) => apply(layer, value), x);
const channelsOf = ({ shape }: SymbolicTensor): number => shape[3] as number;
const oneOf = <T>({ integer }: Random, ...choices: T[]): T => choices[integer(choices.length)] as T;
const padding = (draw: Random): 'same' | 'valid' => oneOf(draw, 'same', 'valid');

/** What networks of pictures are made of, each with sizes of its own at every draw. */
const blocks: Readonly<Record<string, Block>> = {
  // Square windows: with others, wasm pads strides above 1 wrongly.
  convolution: (x, draw) =>
    follow(
      x,
      conv({
        filters: 2 + draw.integer(3),
        kernelSize: 1 + draw.integer(4),
        strides: 1 + draw.integer(2),
        padding: padding(draw),
        activation: oneOf(draw, 'relu', 'tanh', 'linear'),
      }),
    ),
  'wide or tall convolution': (x, draw) =>
    follow(x, conv({ kernelSize: oneOf(draw, [1, 4], [3, 2]), padding: padding(draw), activation: 'tanh' })),
  'dilated convolution': (x, draw) =>
    follow(x, conv({ kernelSize: 2 + draw.integer(2), dilationRate: 2, padding: 'same', activation: 'relu' })),
  depthwise: (x, draw) =>
    follow(
      x,
      l.depthwiseConv2d({
        kernelSize: 2 + draw.integer(2),
        strides: 1 + draw.integer(2),
        depthMultiplier: 1 + draw.integer(2),
        padding: padding(draw),
        activation: 'relu6',
      }),
    ),
  separable: (x, draw) =>
    follow(x, l.separableConv2d({ filters: 3, kernelSize: 3, strides: 1 + draw.integer(2), padding: 'same' })),
  'transposed convolution': (x, draw) =>
    follow(
      x,
      l.conv2dTranspose({
        filters: 2,
        kernelSize: 2 + draw.integer(2),
        strides: 1 + draw.integer(2),
        padding: padding(draw),
      }),
    ),
  'batch normalisation': (x, draw) => follow(x, conv({ padding: padding(draw), useBias: false }), norm(), l.reLU()),
  'maximum pooling': (x, draw) =>
    follow(x, l.maxPooling2d({ poolSize: 3, strides: 1 + draw.integer(3), padding: padding(draw) })),
  'average pooling': (x, draw) =>
    follow(x, l.averagePooling2d({ poolSize: 3, strides: 1 + draw.integer(3), padding: padding(draw) })),
  'up-sampling': (x, draw) =>
    follow(
      x,
      l.maxPooling2d({ poolSize: 2 }),
      l.upSampling2d({
        size: oneOf<[number, number]>(draw, [2, 2], [2, 3], [3, 1]),
        interpolation: oneOf(draw, 'nearest', 'bilinear'),
      }),
    ),
  'padding and cropping': (x, draw) =>
    follow(
      x,
      l.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      l.cropping2D({
        cropping: [
          [draw.integer(2), 1],
          [1, draw.integer(2)],
        ],
      }),
    ),
  'residual add': (x) =>
    apply(l.add(), [
      x,
      follow(
        x,
        conv({ filters: channelsOf(x), padding: 'same' }),
        l.reLU(),
        conv({ filters: channelsOf(x), padding: 'same' }),
      ),
    ]),
  concatenation: (x, draw) =>
    apply(l.concatenate(), [
      follow(x, conv({ filters: 2, padding: 'same', activation: 'relu' })),
      follow(x, conv({ filters: 1, kernelSize: 1 })),
      follow(x, l.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }), norm({ scale: draw.integer(2) > 0 })),
    ]),
  'squeeze and excitation': (x) =>
    apply(l.multiply(), [
      x,
      follow(
        x,
        l.globalAveragePooling2d({}),
        l.reshape({ targetShape: [1, 1, channelsOf(x)] }),
        conv({ filters: 2, kernelSize: 1, activation: 'relu' }),
        conv({ filters: channelsOf(x), kernelSize: 1, activation: 'sigmoid' }),
      ),
    ]),
  'greatest of two': (x, draw) =>
    apply(
      draw.integer(2) ? l.maximum() : l.minimum(),
      [3, 1].map((kernelSize) => follow(x, conv({ filters: 2, kernelSize, padding: 'same' }))),
    ),
  'layer normalisation': (x) => follow(x, l.layerNormalization({})),
  'dense over channels': (x) => follow(x, l.dense({ units: 3, activation: 'tanh' }), l.prelu({ sharedAxes: [1, 2] })),
  'a custom layer': (x) => follow(x, conv({ padding: 'same' }), custom(Wave)),
};

const heads: readonly Block[] = [
  (x) => follow(x, l.flatten(), l.dense({ units: 3 })),
  (x) => follow(x, l.globalAveragePooling2d({}), l.dense({ units: 3, activation: 'softmax' })),
  (x) => follow(x, l.globalMaxPooling2d({}), l.dense({ units: 2 })),
  (x) => x,
];

function built(shape: readonly number[], of: readonly Block[], draw: Random): LayersModel {
  const x = input({ shape: [...shape] });
  return model({ inputs: x, outputs: of.reduce((value, block) => block(value, draw), x) });
}

/** Networks about one block, between two convolutions, for pictures of a shape; the caller frees them. */
export function blockNetworks(shape: readonly number[], seed: number): readonly (readonly [string, Build])[] {
  const around: Block = (x) => follow(x, conv({ kernelSize: 2, activation: 'relu' }));
  return Object.entries(blocks).map(([name, block], i) => [
    name,
    () => {
      const draw = random(seed, i);
      return randomized(built(shape, [around, block, around, heads[i % heads.length] as Block], draw), i);
    },
  ]);
}

/** A network of some blocks that a seed picks; the caller frees it. */
export function randomNetwork(shape: readonly number[], seed: number): LayersModel {
  const draw = random(seed);
  const all = Object.values(blocks);
  const picked = Array.from({ length: 2 + draw.integer(4) }, (): Block => {
    const block = all[draw.integer(all.length)] as Block;
    return (x) => (Math.min(x.shape[1] as number, x.shape[2] as number) < 5 ? x : block(x, draw));
  });
  return randomized(built(shape, [...picked, oneOf(draw, ...heads)], draw), seed);
}
