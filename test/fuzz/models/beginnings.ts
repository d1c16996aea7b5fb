import { input, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Draws } from '../draws.ts';
import { type Shape, shapeOf } from './makers/maker.ts';
import { ofTokens } from './makers/preprocessing.ts';

/** What a model begins with. */
export interface Beginning {
  readonly inputs: readonly SymbolicTensor[];
  /** Which of the inputs are words. */
  readonly tokens: readonly boolean[];
  /** What layers can read: the inputs, but what was made of words in their place. */
  readonly values: readonly SymbolicTensor[];
  readonly text: readonly string[];
}

const shapes: Readonly<Record<string, (draws: Draws) => Shape>> = {
  vector: ({ between }) => [between(1, 6)],
  sequence: ({ between }) => [between(1, 6), between(1, 4)],
  picture: ({ between }) => [between(3, 7), between(3, 7), between(1, 3)],
  volume: ({ between }) => [between(1, 4), between(2, 5), between(2, 5), between(1, 2)],
};

/** One or two inputs of any rank, words among them in some draws; some take just one example at a time. */
export function beginning(source: Draws): Beginning {
  const batch = source.chance(0.1) ? 1 : null;
  const begin = (shape: Shape): SymbolicTensor => input({ batchShape: [batch, ...shape] });
  const count = source.chance(0.2) ? 2 : 1;
  const inputs = Array.from({ length: count }, () => begin(source.oneOf(Object.values(shapes))(source)));
  const text = inputs.map((x) => `input [${shapeOf(x)}]`);
  const tokens = inputs.map(() => false);
  if (source.chance(0.9)) return { inputs, tokens, values: inputs, text };
  const words = begin([4]);
  const name = source.oneOf(Object.keys(ofTokens));
  const read = ofTokens[name]?.([words], source) ?? [];
  return {
    inputs: [...inputs, words],
    tokens: [...tokens, true],
    values: [...inputs, ...read],
    text: [...text, `words, ${name}`],
  };
}
