import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { allLayers } from '../../../src/network/graph/layersModel.ts';
import { noiseTensor } from '../../support/operations.ts';

/** A recurrent layer that goes on where it was. */
interface Stateful {
  states_: Tensor[];
  resetStates(): void;
}

/** Those of some layers that go on where they were. */
export function statefulOf(layers: readonly object[]): Stateful[] {
  return layers.filter((layer) => 'stateful' in layer && layer.stateful) as Stateful[];
}

/** The layers of a model that go on where they were. */
export function statefulLayers(model: LayersModel): Stateful[] {
  return statefulOf([...allLayers(model as never)]);
}

/** Puts them somewhere; the caller frees where they are. */
export function putSomewhere(model: LayersModel, seed: number): void {
  statefulLayers(model).forEach((layer, i) => {
    layer.resetStates();
    const begun = layer.states_;
    layer.states_ = begun.map(({ shape }, state) => noiseTensor(shape, seed + 10 * i + state));
    tf.dispose(begun);
  });
}

/** Runs a job after which they are where they were. */
export function keepingStates<T>(model: LayersModel, job: () => T): T {
  const kept = statefulLayers(model).map((layer) => {
    const states = layer.states_;
    // What a run begins with it frees.
    layer.states_ = states.map((state) => tf.keep(tf.clone(state)));
    return () => {
      tf.dispose(layer.states_);
      layer.states_ = states;
    };
  });
  try {
    return job();
  } finally {
    for (const restore of kept) restore();
  }
}
