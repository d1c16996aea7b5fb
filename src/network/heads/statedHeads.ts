import { assertChoice } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { OutputHead } from '../graph/graph.ts';
import type { Network } from '../network.ts';
import type { OutputMeaning } from '../types.ts';
import { describeHead } from './heads.ts';

/** The words for what an output holds. */
export const outputMeanings: readonly OutputMeaning[] = ['logits', 'probabilities', 'values'];

/** Outputs of which a caller says what they hold; refuses what the graph tells otherwise. */
export function statedHeads(heads: readonly OutputHead[], output: OutputMeaning): OutputHead[] {
  assertChoice('output', output, outputMeanings);
  return heads.map((head) => stated[output](head));
}

/** The same network with what a caller says of one of its outputs, in place of what was said when it was compiled. */
export function withMeaning(
  network: Network,
  output: OutputMeaning | undefined,
  head: OutputHead | undefined,
): Network {
  if (output === undefined) return network;
  assertChoice('output', output, outputMeanings);
  const heads = network.heads.map((other, i) =>
    other === head ? stated[output](network.graph.heads[i] as OutputHead) : other,
  );
  return { ...network, heads: heads as [OutputHead, ...OutputHead[]] };
}

const stated: Readonly<Record<OutputMeaning, (head: OutputHead) => OutputHead>> = {
  values: (head) => ({ ...head, logits: head.site, link: 'values' }),
  probabilities(head) {
    const { site, link, maker } = head;
    if (maker?.kind === 'logSoftmax') throw refused(head, 'probabilities');
    if (link !== 'linear' && link !== 'values') return head;
    return { ...head, link: site.shape.at(-1) === 1 ? 'binaryProbability' : 'probabilities' };
  },
  logits(head) {
    const { site, link, maker } = head;
    // Logarithms of probabilities are logits of the same probabilities.
    if (maker?.kind === 'logSoftmax' || link === 'linear') return { ...head, logits: site, link: 'softmax' };
    throw refused(head, 'logits');
  },
};

function refused(head: OutputHead, output: OutputMeaning): VitrineError {
  const others = outputMeanings.filter((other) => other !== output).map((other) => `'${other}'`);
  return new VitrineError(
    'bad-argument',
    `"output" expected ${others.join(' or ')} for output "${head.site.address}" (${describeHead(head)}), got "${output}"`,
  );
}
