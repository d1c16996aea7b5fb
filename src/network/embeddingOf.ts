import type { Site } from './graph.ts';
import type { Network } from './network.ts';

/**
 * Where a token input can be differentiated: the output of the embedding that looks its tokens up. `undefined` for an
 * input that is read by anything else, or by several embeddings, of which one has to be named as a layer.
 */
export function embeddingOf({ graph }: Pick<Network, 'graph'>, input: Site): Site | undefined {
  let value = input.value;
  for (;;) {
    const readers = graph.steps.filter(({ inputs }) => inputs.includes(value));
    const [reader] = readers;
    if (!reader || readers.length > 1) return undefined;
    if (reader.operation.kind === 'embedding')
      return [...graph.sites.values()].find((site) => site.value === reader.output);
    if (!reader.operation.routing) return undefined;
    value = reader.output;
  }
}
