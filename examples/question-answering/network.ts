import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { answers, questionLength, size, words } from './questions.ts';

const { layers, initializers } = tfl;

/** Rows and columns of what the convolutions make of a picture, and its channels. */
export const featureShape = [size / 4, size / 4, 48] as const;

/** The whole network: a picture and a question in, an answer out. */
export function questionNetwork(): LayersModel {
  const picture = tfl.input({ shape: [size, size, 3], name: 'picture' });
  const question = tfl.input({ shape: [questionLength], name: 'question' });
  const outputs = answer(see(picture), question);
  return tfl.model({ inputs: [picture, question], outputs, name: 'question_answering' });
}

/** Three convolutions look at the picture. */
export function see(picture: SymbolicTensor): SymbolicTensor {
  return follow(
    picture,
    convolution('conv1', { filters: 16, kernelSize: 5, strides: 2 }),
    convolution('conv2', { filters: 32, kernelSize: 3 }),
    layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
    convolution('conv3', { filters: featureShape[2], kernelSize: 3 }),
  );
}

/**
 * An embedding and two dense layers read the question and gate the channels of the last convolution; what passes is
 * looked at once more, averaged over the picture and turned into an answer.
 */
export function answer(seen: SymbolicTensor, question: SymbolicTensor): SymbolicTensor {
  const channels = featureShape[2];
  const embeddingsInitializer = initializers.randomNormal({ stddev: 0.5, seed: seedOf('words') });
  const read = follow(
    question,
    layers.embedding({ inputDim: words.length, outputDim: 12, embeddingsInitializer, name: 'words' }),
    layers.flatten({ name: 'sentence' }),
    dense('read', 64),
  );
  const gate = follow(read, dense('gate', channels, 'sigmoid'), layers.reshape({ targetShape: [1, 1, channels] }));
  const pooled = follow(
    layers.multiply({ name: 'gated' }).apply([seen, gate]) as SymbolicTensor,
    convolution('conv4', { filters: 48, kernelSize: 1 }),
    layers.globalAveragePooling2d({ name: 'pooled' }),
  );
  const joined = layers.concatenate({ name: 'joined' }).apply([pooled, read]) as SymbolicTensor;
  return follow(joined, dense('think', 64), dense('answer', answers.length, 'softmax'));
}

function convolution(
  name: string,
  window: { filters: number; kernelSize: number; strides?: number },
): tfl.layers.Layer {
  const kernelInitializer = initializers.heNormal({ seed: seedOf(name) });
  return layers.conv2d({ ...window, padding: 'same', activation: 'relu', kernelInitializer, name });
}

function dense(name: string, units: number, activation: 'relu' | 'sigmoid' | 'softmax' = 'relu'): tfl.layers.Layer {
  return layers.dense({ units, activation, kernelInitializer: initializers.heNormal({ seed: seedOf(name) }), name });
}

/** A seed of its own for each layer. */
function seedOf(name: string): number {
  return [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9973, 7);
}

function follow(x: SymbolicTensor, ...chain: tfl.layers.Layer[]): SymbolicTensor {
  return chain.reduce((value, layer) => layer.apply(value) as SymbolicTensor, x);
}
