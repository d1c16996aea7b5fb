import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../../network/network.ts';
import type { Composite } from '../../network/walk/composite.ts';
import { signalAt } from '../../network/walk/signals.ts';
import type { Penalty } from '../../optimization/penalties.ts';
import type { ReadyObjective } from '../objectives/readyObjective.ts';
import type { View } from '../transforms/transform.ts';

/** A network that pictures are shown to. */
export interface Viewer {
  readonly network: Network;
  /** From pictures of 0 to 1 to the input of the network. */
  readonly toModel: (pictures: Tensor4D) => View;
}

/** How pictures are looked at. */
export interface Look {
  readonly objective: ReadyObjective;
  /** What the network sees of them; the objective is averaged over these. */
  readonly views: readonly ((pictures: Tensor4D) => View)[];
  /** The rules by which the gradient comes back through the network; those of the gradient where there are none. */
  readonly composite?: Composite;
}

/** A view of pictures that the network takes as they are. */
export function asTheyAre(pictures: Tensor4D): View {
  return { pictures, pullback: (cotangent) => cotangent };
}

/** The objective of each picture and its gradient, in the caller's `tf.tidy`. */
export function scoredPictures(viewer: Viewer, pictures: Tensor4D, look: Look): Penalty {
  const { objective, views } = look;
  const parts = objective.taps.length === 0 ? [] : views.map((view) => scoredView(viewer, view(pictures), look));
  const own = objective.picture?.(pictures);
  return added(parts.length > 1 ? [mean(parts), ...(own ? [own] : [])] : [...parts, ...(own ? [own] : [])]);
}

function scoredView({ network, toModel }: Viewer, seen: View, { objective, composite = [] }: Look): Penalty {
  const [value, gradient] = tf.tidy(() => {
    const input = toModel(seen.pictures);
    const to = [network.inputs[0]];
    const record = network.forward([input.pictures], { taps: objective.taps, differentiate: { to, composite } });
    const { score, seeds } = objective.score(record);
    const signal = signalAt(record.backward(seeds, { to }), network.inputs[0]);
    return [score, seen.pullback(input.pullback(signal as Tensor4D))] as [Tensor1D, Tensor4D];
  });
  return { value, gradient };
}

function added(parts: readonly Penalty[]): Penalty {
  return parts.reduce((sum, part) => ({
    value: tf.add(sum.value, part.value),
    gradient: tf.add(sum.gradient, part.gradient),
  }));
}

function mean(parts: readonly Penalty[]): Penalty {
  const { value, gradient } = added(parts);
  return { value: tf.div(value, parts.length) as Tensor1D, gradient: tf.div(gradient, parts.length) as Tensor };
}
