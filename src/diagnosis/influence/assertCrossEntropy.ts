import type { OutputHead } from '../../network/graph/graph.ts';
import { assertClasses } from '../../network/heads/classLogits.ts';
import { describeHead } from '../../network/heads/heads.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Refuses an output that does not hold the probabilities, or the logits, of classes of which each example has one; counts them. */
export function assertCrossEntropy(head: OutputHead): number {
  if (head.link !== 'sigmoid' && head.link !== 'values') return assertClasses(head, 'output');
  throw new VitrineError(
    'unsupported',
    `"output" expected classes of which each example has one, but "${head.site.address}" holds ${describeHead(head)}`,
  );
}
