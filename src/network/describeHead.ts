import type { Head, OutputLink } from './graph.ts';
import { classCount } from './heads.ts';

/** What an output is taken for, in words. */
export function describeHead(head: Head): string {
  const { logits, site } = head;
  const enter = logits.value !== site.value ? `; logits enter "${head.maker?.address}"` : '';
  return `${words[head.link](head)}${enter}`;
}

const words: Readonly<Record<OutputLink, (head: Head) => string>> = {
  softmax(head) {
    if (head.logits.value === head.site.value) return `logits of ${counted(head, 'class')}`;
    return `${head.maker?.kind === 'softmax' ? 'softmax' : 'logarithms of a softmax'} over ${counted(head, 'class')}`;
  },
  sigmoid: (head) => `sigmoid of each of ${counted(head, 'class')}`,
  binary: () => 'sigmoid of one logit, that of class 1',
  probabilities: (head) => `probabilities of ${counted(head, 'class')}, without logits`,
  binaryProbability: () => 'probability of class 1, without logits',
  linear: (head) => `${counted(head, 'value')} as they are, or logits if output: 'logits' says so`,
  values: (head) => `${counted(head, 'value')} as ${classCount(head) === 1 ? 'it is' : 'they are'}`,
};

function counted(head: Head, noun: string): string {
  const count = classCount(head);
  const place = head.site.shape.slice(1, -1).every((length) => length === 1) ? '' : ' at each position';
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`;
  return `${count ?? 'some'} ${count === 1 ? noun : plural}${place}`;
}
