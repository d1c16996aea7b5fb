import type { Operation } from '../operation.ts';
import { type View, viewed } from './viewed.ts';

/** An operation on each frame of a sequence [n, t, …], as if the frames were examples. */
export function overFrames(operation: Operation): Operation {
  return viewed(operation, frames);
}

const frames: View = {
  leading: 1,
  inside: ([examples = 1, steps = 1, ...frame]) => [examples * steps, ...frame],
  outside: ([, ...made], [examples = 1, steps = 1]) => [examples, steps, ...made],
};
