import { scaleOn } from '../../network/heads/classScale.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Session } from '../../scoring/session.ts';

/** Refuses a scale on which class scores are not what the output holds of them, but go through a softmax or a sigmoid. */
export function assertUnscaled({ head, options: { scale } }: Session, method: string): void {
  const own = head && scaleOn(head, 'logit');
  if (!own || scale === undefined || scale === own) return;
  throw new VitrineError(
    'bad-argument',
    `"scale" expected '${own}': ${method} has no rule for the final softmax, got "${scale}"`,
  );
}
