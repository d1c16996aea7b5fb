import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { vocabularySizeOf } from '../graph/embeddingOf.ts';
import type { Site } from '../graph/graph.ts';
import type { Network } from '../network.ts';

/** Refuses inputs of embeddings that are not the numbers of tokens: a look-up would round them, or read elsewhere. */
export function assertTokens(
  network: Pick<Network, 'graph' | 'inputs'>,
  inputs: readonly NdArray[],
  argument: string,
): void {
  network.inputs.forEach((input, i) => {
    const size = vocabularySizeOf(network, input);
    if (size === undefined) return;
    const { data } = inputs[i] as NdArray;
    const wrong = data.find((token) => !Number.isInteger(token) || token < 0 || token >= size);
    if (wrong !== undefined)
      throw new VitrineError('bad-argument', refusal(input, { argument: nameOf(argument, i, inputs), size, wrong }));
  });
}

function nameOf(argument: string, index: number, { length }: readonly NdArray[]): string {
  return length > 1 ? `${argument}[${index}]` : argument;
}

function refusal(
  { address }: Site,
  { argument, size, wrong }: { argument: string; size: number; wrong: number },
): string {
  return `"${argument}" expected token numbers in 0..${size - 1} for input "${address}", got ${wrong}`;
}
