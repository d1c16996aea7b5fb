import type { LayerRules } from '../layerRule.ts';

const lambda =
  'its function is Python code: build the model again with layers, operators (x * 0.5) or keras.ops in its place, take the ' +
  'weights over (new.set_weights(old.get_weights())) and save that; or register a layer of your own of the class "Lambda" with tf.serialization.registerClass';
const attention = 'attention is no part of convolutional networks: explain the part of the model before it';
const text = 'begin the model behind it, and prepare its inputs in JavaScript';
const local = 'layers whose weights differ by position are not in tfjs-layers';
const python = 'it runs Python code';
const adaptive = 'use a global pooling, or a pooling whose window divides the picture';
const others = 'there is no such layer in tfjs-layers: build the model without it';

/** Layers of Keras that cannot be opened, and what to do about it. */
export const refused: LayerRules = Object.fromEntries(
  [
    [lambda, ['Lambda']],
    [
      attention,
      ['MultiHeadAttention', 'GroupQueryAttention', 'GroupedQueryAttention', 'Attention', 'AdditiveAttention'],
    ],
    [text, ['TextVectorization', 'StringLookup', 'IntegerLookup', 'Hashing', 'HashedCrossing', 'Discretization']],
    [text, ['CategoryEncoding', 'DenseFeatures', 'MelSpectrogram', 'STFTSpectrogram']],
    [local, ['LocallyConnected1D', 'LocallyConnected2D']],
    [adaptive, ['AdaptiveAveragePooling1D', 'AdaptiveAveragePooling2D', 'AdaptiveAveragePooling3D']],
    [adaptive, ['AdaptiveMaxPooling1D', 'AdaptiveMaxPooling2D', 'AdaptiveMaxPooling3D']],
    [
      others,
      ['EinsumDense', 'AutoContrast', 'ConvLSTM1D', 'ConvLSTM3D', 'ContrastLimitedAdaptiveHistogramEqualization'],
    ],
    [python, ['TFSMLayer', 'JaxLayer', 'FlaxLayer', 'TorchModuleWrapper']],
  ].flatMap(([why, names]) => (names as string[]).map((name) => [name, { refused: why as string }])),
);
