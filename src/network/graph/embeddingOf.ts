import { VitrineError } from '../../numeric/errors.ts';
import type { Network } from '../network.ts';
import type { GraphStep, OperationGraph, Site } from './graph.ts';

/**
 * Where a token input can be differentiated: the output of the embedding that looks its tokens up. `undefined` for an
 * input of numbers.
 *
 * @throws {VitrineError} if several embeddings read the tokens, or something else beside one, so that none holds all of them.
 */
export function embeddingOf({ graph }: Pick<Network, 'graph'>, input: Site): Site | undefined {
  const { embeddings, others } = readersOf(graph, input);
  const [embedding] = embeddings;
  if (!embedding) return undefined;
  if (embeddings.length + others.length === 1) return siteOf(graph, embedding);
  const addresses = embeddings.map(({ operation }) => operation.address).join(', ');
  const readers = [...embeddings, ...others].map(({ operation }) => operation.address).join(', ');
  throw new VitrineError(
    'unsupported',
    `"layer" expected one of ${addresses}: input "${input.address}" holds tokens, which have no gradient, and is read by ${readers}, none of which stands for all of it`,
  );
}

/** The outputs of all embeddings that look up the tokens of an input; none for an input of numbers. */
export function embeddingsOf({ graph }: Pick<Network, 'graph'>, input: Site): readonly Site[] {
  return readersOf(graph, input).embeddings.map((step) => siteOf(graph, step));
}

/** How many tokens the embeddings of an input know; `undefined` for an input of numbers. */
export function vocabularySizeOf({ graph }: Pick<Network, 'graph'>, input: Site): number | undefined {
  const sizes = readersOf(graph, input).embeddings.map(({ operation }) => operation.parameters.embeddings?.shape[0]);
  return sizes.length === 0 ? undefined : Math.min(...(sizes as number[]));
}

interface Readers {
  readonly embeddings: readonly GraphStep[];
  /** What else makes something new of the input. */
  readonly others: readonly GraphStep[];
}

/** The first steps that do more to an input than to reshape it. */
function readersOf({ steps }: OperationGraph, input: Site): Readers {
  const moved = new Set([input.value]);
  const readers = steps.filter(({ operation, inputs, output }) => {
    if (!inputs.some((value) => moved.has(value))) return false;
    if (operation.routing || operation.kind === 'permute') moved.add(output);
    return !moved.has(output);
  });
  const isEmbedding = ({ operation }: GraphStep): boolean => operation.kind === 'embedding';
  return { embeddings: readers.filter(isEmbedding), others: readers.filter((step) => !isEmbedding(step)) };
}

function siteOf({ sites }: OperationGraph, { output }: GraphStep): Site {
  return [...sites.values()].find(({ value }) => value === output) as Site;
}
