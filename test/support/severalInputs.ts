import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model } from '@tensorflow/tfjs-layers';
import { type NdArray, sizeOf } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { apply, chain, conv, randomized } from '../oracle/building.ts';

/** The number of tokens that the embeddings here know. */
export const vocabulary = 7;

type Activation = 'relu' | 'tanh';

/** A picture [6, 7, 2] and four words, the words gating the channels of the picture: `words`, `conv1`, `gated`, … */
export function pictureAndWords(activation: Activation = 'relu'): LayersModel {
  const [picture, words] = [input({ shape: [6, 7, 2], name: 'picture' }), input({ shape: [4], name: 'question' })];
  const seen = apply(conv({ name: 'conv1', filters: 4, activation }), picture);
  const gate = follow(
    words,
    l.embedding({ name: 'words', inputDim: vocabulary, outputDim: 3 }),
    l.flatten(),
    l.dense({ units: 4, activation }),
    l.reshape({ targetShape: [1, 1, 4] }),
  );
  const gated = apply(l.multiply({ name: 'gated' }), [seen, gate]);
  const outputs = follow(
    gated,
    conv({ name: 'conv2', filters: 5, kernelSize: 2, activation }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 3, activation: 'softmax' }),
  );
  return randomized(model({ inputs: [picture, words], outputs }), 5);
}

/** Eight words, a convolution over them, the mean over its positions: `words`, `conv`, `head`. */
export function textNetwork(activation: Activation = 'relu'): LayersModel {
  return randomized(
    chain(
      [8],
      l.embedding({ name: 'words', inputDim: vocabulary, outputDim: 3 }),
      l.conv1d({ name: 'conv', filters: 4, kernelSize: 3, activation }),
      l.globalAveragePooling1d({}),
      l.dense({ name: 'head', units: 3, activation: 'softmax' }),
    ),
    6,
  );
}

/** A picture and words in a score that is a sum over both: every weight counts by itself. */
export function additive(): LayersModel {
  const [picture, words] = [input({ shape: [2, 2, 1], name: 'picture' }), input({ shape: [2], name: 'question' })];
  const parts = [
    follow(picture, l.flatten()),
    follow(words, l.embedding({ inputDim: 3, outputDim: 2, name: 'words' }), l.flatten()),
  ];
  const outputs = follow(apply(l.concatenate(), parts), l.dense({ units: 1, useBias: false }));
  return model({ inputs: [picture, words], outputs });
}

/** Two questions that one embedding looks up. */
export function sharedWords(): LayersModel {
  const [first, second] = [input({ shape: [3], name: 'first' }), input({ shape: [3], name: 'second' })];
  const words = l.embedding({ name: 'words', inputDim: vocabulary, outputDim: 2 });
  const both = apply(l.concatenate(), [apply(words, first), apply(words, second)]);
  const outputs = follow(both, l.conv1d({ filters: 4, kernelSize: 2, activation: 'tanh' }), l.flatten(), scores());
  return randomized(model({ inputs: [first, second], outputs }), 7);
}

/** Words that two embeddings look up: `content`, `context`. */
export function wordsReadTwice(): LayersModel {
  const words = input({ shape: [3], name: 'question' });
  const [content, context] = ['content', 'context'].map((name) =>
    follow(words, l.embedding({ name, inputDim: vocabulary, outputDim: 2 }), l.flatten()),
  ) as [SymbolicTensor, SymbolicTensor];
  return randomized(model({ inputs: words, outputs: follow(apply(l.concatenate(), [content, context]), scores()) }), 8);
}

/** Words that are dropped out, reshaped and permuted before they are looked up. */
export function movedWords(): LayersModel {
  return randomized(
    chain(
      [6],
      l.dropout({ rate: 0.5 }),
      l.reshape({ targetShape: [2, 3] }),
      l.permute({ dims: [2, 1] }),
      l.embedding({ name: 'words', inputDim: vocabulary, outputDim: 2 }),
      l.flatten(),
      l.dense({ units: 4, activation: 'tanh' }),
      scores(),
    ),
    9,
  );
}

/** Random examples: whole numbers for inputs of rank 2, the others about zero. */
export function examplesOf({ inputs }: LayersModel, count: number, seed = 1): NdArray[] {
  return inputs.map(({ shape }, i) => {
    const full = [count, ...(shape.slice(1) as number[])];
    const { integer, normal } = random(seed, i);
    const draw = full.length === 2 ? () => integer(vocabulary) : normal;
    return { shape: full, data: Float32Array.from({ length: sizeOf(full) }, draw) };
  });
}

function follow(x: SymbolicTensor, ...layers: Parameters<typeof apply>[0][]): SymbolicTensor {
  return layers.reduce((value, layer) => apply(layer, value), x);
}

function scores(): Parameters<typeof apply>[0] {
  return l.dense({ units: 3, activation: 'softmax' });
}
