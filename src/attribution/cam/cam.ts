import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { rectify as rectified } from '../../image/rectify.ts';
import { mapBatches } from '../../network/batches.ts';
import { signalAt } from '../../network/signals.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertChoice } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { attributionOf, exampleRange, explain } from '../session.ts';
import { camLayer } from './camLayer.ts';
import { fitted } from './fitted.ts';

/** The options of every class activation map. */
export interface CamOptions {
  /** The address of a layer with rows and columns, or of a sequence; by default the last one before the target. */
  readonly layer?: string;
  /** Whether negative values are set to zero; true by default, as in the papers. */
  readonly rectify?: boolean;
  /**
   * `'input'` (default) resizes the map to the input that the layer sees, bilinear with half-pixel centres; `'layer'`
   * leaves it.
   */
  readonly size?: 'input' | 'layer';
}

/** What sets one class activation map apart from another. */
export interface CamMethod {
  readonly method: string;
  /** What is read of the activations `[n, h, w, c]` and their gradients: a map `[n, h, w]`, or more. */
  readonly read: (activations: Tensor4D, gradients: Tensor4D) => Tensor;
  /** Makes the map `[n, h, w]` of what was read, where that is not the map itself. */
  readonly finish?: (read: NdArray) => NdArray;
}

/** The skeleton of the class activation maps: one forward walk, a backward walk down to one layer, a map. */
export async function classActivationMap(
  model: Model,
  x: Input,
  { layer, rectify = true, size = 'input', ...options }: ExplainOptions & CamOptions,
  { method, read, finish = (map) => map }: CamMethod,
): Promise<Attribution> {
  assertChoice('size', size, ['input', 'layer']);
  return explain(model, x, options, async (session) => {
    const { network, count, rows, scorer } = session;
    const site = camLayer(network, scorer, layer);
    const found = await mapBatches({ ...options, stage: method, total: count }, (start, end) => {
      const record = network.forward(rows(start, end), { taps: scorer.taps, differentiate: { to: [site] } });
      const { seeds, ...scored } = scorer.score(record, exampleRange(start, end));
      const gradients = signalAt(record.backward(seeds, { to: [site] }), site);
      const map = read(asPlane(record.value(site)), asPlane(gradients));
      return { ...scored, map } as Record<string, Tensor>;
    });
    const raw = alongLayer(finish(found.map as NdArray), site.shape.length - 1);
    const map = rectify ? rectified(raw) : raw;
    return attributionOf(session, {
      method,
      score: found.score as NdArray,
      classes: found.classes,
      maps: [size === 'input' ? fitted(map, site, session) : map],
      layer: site.address,
    });
  });
}

/** A sequence `[n, t, c]` as a picture of one column. */
function asPlane(values: Tensor): Tensor4D {
  return values.rank === 4 ? (values as Tensor4D) : (tf.expandDims(values, 2) as Tensor4D);
}

/** The map of a sequence without the column: `[n, t]`. */
function alongLayer({ shape, data }: NdArray, rank: number): NdArray {
  return { shape: shape.slice(0, rank), data };
}
