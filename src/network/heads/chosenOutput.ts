import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { OutputHead } from '../graph/graph.ts';
import type { Network } from '../network.ts';
import type { OutputMeaning } from '../types.ts';
import { outputMeanings, withMeaning } from './statedHeads.ts';

/**
 * Which output of a model: its position or the name of its layer, the first by default. A word for what outputs hold, where
 * none has this name, says it of the first.
 */
export type OutputChoice = number | string | OutputMeaning;

/** The output that a call is about, and the network with what the call says of it. */
export function chosenOutput(network: Network, output: OutputChoice = 0): { network: Network; head: OutputHead } {
  const word = outputMeanings.find((meaning) => meaning === output);
  if (!word || headNamed(network, word)) return { network, head: findHead(network, output) };
  const told = withMeaning(network, word, network.heads[0]);
  return { network: told, head: told.heads[0] as OutputHead };
}

/** The output a user means by its position or by the name of its layer. */
export function findHead(network: Network, output: number | string): OutputHead {
  const { heads } = network;
  const head = typeof output === 'number' ? heads[output] : headNamed(network, output);
  if (head) return head;
  const names = heads.map(({ site }, i) => `${i} (${site.address})`).join(', ');
  throw new VitrineError('unknown-layer', `"output" expected one of ${names}, got ${describe(output)}`);
}

/** The output of a layer, by its address; a nested model at the end shares its value with its own last layer. */
function headNamed({ heads, graph }: Network, name: string): OutputHead | undefined {
  const site = graph.sites.get(name);
  return site && heads.find(({ site: { value } }) => value === site.value);
}
