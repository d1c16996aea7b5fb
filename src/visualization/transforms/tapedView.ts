import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
// The tape finds its gradients once this is loaded.
import '@tensorflow/tfjs-layers';
import { freedOnError } from '../../backend/freedOnError.ts';
import type { Random } from '../../numeric/random.ts';
import { assertPictures } from './assertPictures.ts';
import type { SeenDraw, TransformFunction, View } from './transform.ts';

/** A user's function, and its place in the list. */
interface Named {
  readonly transform: TransformFunction;
  readonly place: number;
}

/** The view of a user's function; tfjs's tape runs it again for the way back, with the draws that it had. */
export function tapedView(pictures: Tensor4D, { transform, place }: Named, at: SeenDraw): View {
  const name = transform.name ? `"${transform.name}"` : 'a function';
  const run = (x: Tensor4D, random: Random): Tensor4D => {
    const made = transform(x, { ...at, random });
    assertPictures(made, x, `"transforms[${place}]" expected ${name} to return`);
    return made;
  };
  const { recorded, replayed } = recording(at.random);
  return {
    pictures: tf.tidy(() => tf.clone(run(pictures, recorded))),
    pullback(cotangent) {
      // The tape refuses a function that leaves its argument out; a zero share of it makes it whole.
      const whole = (x: Tensor4D): Tensor4D => tf.add(run(x, replayed()), tf.mul(tf.sum(x), 0));
      return freedOnError(() => tf.grad(whole as Differentiable)(pictures, cotangent)) as Tensor4D;
    },
  };
}

type Differentiable = Parameters<typeof tf.grad>[0];

/** A source that keeps what it gave, and sources that give the same again. */
function recording(random: Random): { readonly recorded: Random; readonly replayed: () => Random } {
  const given: number[] = [];
  const keep = (value: number): number => {
    given.push(value);
    return value;
  };
  const replayed = (): Random => {
    let next = 0;
    const again = (): number => given[next++] as number;
    return { uniform: again, normal: again, integer: again };
  };
  const recorded: Random = {
    uniform: () => keep(random.uniform()),
    normal: () => keep(random.normal()),
    integer: (below) => keep(random.integer(below)),
  };
  return { recorded, replayed };
}
