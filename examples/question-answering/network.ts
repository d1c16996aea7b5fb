import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { answers, colorNames, questionLength, shapeNames, size, words } from './questions.ts';

const { layers, initializers } = tfl;

/** Rows, columns and channels of what is seen: how much of each thing, by shape and colour, is where. */
export const seenShape: readonly [number, number, number] = [size / 4, size / 4, shapeNames.length * colorNames.length];

/** The whole network: a picture and a question in, an answer out. */
export function questionNetwork(): LayersModel {
  const picture = tfl.input({ shape: [size, size, 3], name: 'picture' });
  const question = tfl.input({ shape: [questionLength], name: 'question' });
  const outputs = answer(see(picture), question);
  return tfl.model({ inputs: [picture, question], outputs, name: 'question_answering' });
}

/** Convolutions look at the picture. */
export function see(picture: SymbolicTensor): SymbolicTensor {
  return follow(
    picture,
    convolution('conv1', { filters: 16, kernelSize: 3 }),
    layers.maxPooling2d({ poolSize: 2, name: 'pool1' }),
    convolution('conv2', { filters: 32, kernelSize: 3 }),
    layers.maxPooling2d({ poolSize: 2, name: 'pool2' }),
    convolution('conv3', { filters: 48, kernelSize: 3 }),
    // Most places are empty, which a low bias says from the start.
    layers.conv2d({
      filters: seenShape[2],
      kernelSize: 1,
      activation: 'sigmoid',
      kernelInitializer: initializers.randomNormal({ stddev: 0.02, seed: seedOf('things') }),
      biasInitializer: initializers.constant({ value: -4 }),
      name: 'things',
    }),
  );
}

/**
 * An embedding and a dense layer read the question, and gates let pass the things that it is about; they are counted
 * over the picture, and two more layers find the answer.
 */
export function answer(seen: SymbolicTensor, question: SymbolicTensor): SymbolicTensor {
  const [rows, columns, channels] = seenShape;
  const embeddingsInitializer = initializers.randomNormal({ stddev: 0.5, seed: seedOf('words') });
  const read = follow(
    question,
    layers.embedding({ inputDim: words.length, outputDim: 12, embeddingsInitializer, name: 'words' }),
    layers.flatten({ name: 'sentence' }),
    dense('read', 64),
  );
  const gate = follow(read, dense('gate', channels, 'sigmoid'), layers.reshape({ targetShape: [1, 1, channels] }));
  const counts = follow(
    layers.multiply({ name: 'gated' }).apply([seen, gate]) as SymbolicTensor,
    layers.globalAveragePooling2d({ name: 'pooled' }),
    layers.rescaling({ scale: rows * columns, name: 'counts' }) as tfl.layers.Layer,
  );
  const joined = layers.concatenate({ name: 'joined' }).apply([counts, read]) as SymbolicTensor;
  return follow(joined, dense('think', 64), dense('answer', answers.length, 'softmax'));
}

function convolution(name: string, window: { filters: number; kernelSize: number }): tfl.layers.Layer {
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
