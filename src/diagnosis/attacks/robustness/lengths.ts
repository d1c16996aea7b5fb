import { describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type Check, kind } from '../../../numeric/options.ts';
import { assertLength, type Ball, type Epsilon } from '../field/ball.ts';

/** A check of lengths; how many there may be is looked at with the model. */
export const length: Check = kind('a length above 0, or one for each channel', (value) => {
  return typeof value === 'number' || Array.isArray(value);
});

/** Where examples may go, which must be somewhere: at lengths of 0 there is nothing to find. */
export function ballAbove(argument: string, epsilon: Epsilon, ball: Pick<Ball, 'norm' | 'space'>): Ball {
  assertLength(argument, epsilon, ball);
  if (typeof epsilon === 'number' ? epsilon > 0 : epsilon.some((one) => one > 0)) return { ...ball, epsilon };
  throw new VitrineError('bad-argument', `"${argument}" expected a length above 0, got ${describe(epsilon)}`);
}
