import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../numeric/random.ts';
import { gradientsByTape } from '../../scoring/gradientsByTape.ts';
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
      const again = (x: Tensor): Tensor => run(x as Tensor4D, replayed());
      return gradientsByTape(again, [pictures], cotangent)[0] as Tensor4D;
    },
  };
}

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
