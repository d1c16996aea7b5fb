import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../../backend/owned.ts';
import type { Site } from '../../network/graph/graph.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { concatenated } from '../../network/walk/batches.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import type { ForwardRecord } from '../../network/walk/record.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertRoom } from '../../numeric/check.ts';
import { type NdArray, rowOf, sizeOf } from '../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks, required } from '../../numeric/options.ts';

import { fromOneRun } from './fromOneRun.ts';
import { assertPlane } from './planeActivations.ts';

/** Options of {@link positionAttribution}. */
export interface PositionAttributionOptions extends Omit<RunOptions, 'batchSize'> {
  /** The address of the earlier layer, whose positions are the causes. */
  readonly layer: string;
  /** The address of the later layer, whose positions are explained. */
  readonly from: string;
}

const { batchSize: _, ...withoutBatches } = runChecks;

const checks: OptionChecks<PositionAttributionOptions> = {
  ...withoutBatches,
  layer: required(layerAddress),
  from: required(layerAddress),
};

/** How the positions of one layer depend on those of another. */
export interface PositionAttribution {
  readonly layer: string;
  readonly from: string;
  /** For each position of the later layer a map over the earlier one, `[n, rows, columns, h, w]`. */
  readonly values: NdArray;
  /** The length of the activations at each position of the later layer, `[n, rows, columns]`. */
  readonly norms: NdArray;
}

/**
 * Which positions of a layer make those of a later one active.
 *
 * From each position q of the later layer with activations b the length of its vector is carried back to the
 * activations a of the earlier layer:
 * $$ A_{q,p} = \sum_c a_{pc} \, \frac{\partial \lVert b_q \rVert}{\partial a_{pc}} $$
 * Between layers of convolutions and max pooling without biases, with ReLUs, the map of a position sums to its length.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", section "How does the network assemble these
 * pieces?", attribution between layers.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `from`; `signal`, `onProgress`. There is one backward walk for each position of `from`.
 * @returns `values` `[n, rows, columns, h, w]` and `norms` `[n, rows, columns]`.
 * @throws {VitrineError} if a layer is unknown or has no rows and columns, or if `from` does not depend on `layer`.
 * @example
 * ```ts
 * import { positionAttribution } from 'vitrine/visualization';
 * const { values } = await positionAttribution(model, x, { layer: 'conv2', from: 'conv3' });
 * console.log(values.shape);
 * ```
 */
export async function positionAttribution(
  model: Model,
  x: Input,
  options: PositionAttributionOptions,
): Promise<PositionAttribution> {
  assertOptions(options, checks);
  const copies = owned(x, options);
  return withNetwork(model, async (network) => {
    const [input, { layer, from, signal, onProgress }] = await copies;
    const [site, later] = [network.site(layer, 'layer'), network.site(from, 'from')];
    assertPlane(site);
    assertPlane(later, 'from');
    const inputs = await readInputs(network, input);
    const count = inputs[0]?.shape[0] as number;
    const total = count * positionCount(later);
    const maps: NdArray[] = [];
    const norms: number[] = [];
    let plane: readonly number[] = [];
    for (let example = 0; example < count; example++) {
      await fromOneRun<number, 'map' | 'norm'>(network, {
        inputs: inputs.map((array) => ({ shape: [1, ...array.shape.slice(1)], data: rowOf(array, example) })),
        walk: { taps: [later, site], differentiate: { to: [site] } },
        items: (record) => {
          plane = record.value(later).shape.slice(1, 3);
          assertRoom('from', [count, ...plane, ...record.value(site).shape.slice(1, 3)]);
          return Array.from({ length: sizeOf(plane) }, (_, place) => place);
        },
        job: (record, place) => mapFrom(record, { site, later, place }),
        consume: ({ map, norm }) => {
          maps.push(map);
          norms.push(norm.data[0] as number);
          onProgress?.({ stage: 'positionAttribution', done: maps.length, total });
        },
        signal,
      });
    }
    const { shape, data } = concatenated(maps);
    return {
      layer,
      from,
      values: { shape: [count, ...plane, ...shape.slice(1)], data },
      norms: { shape: [count, ...plane], data: Float32Array.from(norms) },
    };
  });
}

function positionCount({ shape }: Site): number {
  return shape.slice(1, 3).reduce<number>((product, length) => product * (length ?? Number.POSITIVE_INFINITY), 1);
}

/** The length of the vector at one place of the later layer, carried back to the earlier one. */
function mapFrom(
  record: ForwardRecord,
  { site, later, place }: { readonly site: Site; readonly later: Site; readonly place: number },
): Record<'map' | 'norm', Tensor> {
  const value = record.value(later);
  const [, rows, columns, units] = value.shape as [number, number, number, number];
  const position = [0, Math.floor(place / columns), place % columns, 0];
  const vector = tf.slice(value, position, [1, 1, 1, units]);
  const norm = tf.sqrt(tf.sum(tf.square(vector)));
  // The gradient of a length is the direction; that of the zero vector is taken to be zero.
  const direction = tf.divNoNan(vector, norm);
  const [, top = 0, left = 0] = position;
  const around: [number, number][] = [
    [0, 0],
    [top, rows - 1 - top],
    [left, columns - 1 - left],
    [0, 0],
  ];
  const seed = tf.pad(direction, around);
  const gradient = signalAt(record.backward(new Map([[later, seed]]), { to: [site] }), site);
  return { map: tf.sum(tf.mul(record.value(site), gradient), 3), norm };
}
