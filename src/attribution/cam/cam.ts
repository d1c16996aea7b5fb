import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../backend/inTurn.ts';
import { rectify as rectified } from '../../image/maps/rectify.ts';
import type { Site } from '../../network/graph/graph.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import { signalAt } from '../../network/walk/signals.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { flag, type OptionChecks, oneOf } from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { attributionOf, exampleRange, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { camLayer, fitted, foldedShape } from './camLayer.ts';

/** The options of every class activation map. */
export interface CamOptions {
  /** The address of a layer with rows and columns, of volumes too, or of a sequence; by default the last one before the target. */
  readonly layer?: string;
  /** Whether negative values are set to zero; true by default, as in the papers. */
  readonly rectify?: boolean;
  /**
   * `'input'` (default) resizes the map to the input that the layer sees, bilinear (in volumes trilinear, in frames each on
   * its own) with half-pixel centres; `'layer'` leaves it.
   */
  readonly size?: 'input' | 'layer';
}

/** Checks of what every class activation map accepts. */
export const camChecks: OptionChecks<ExplainOptions & CamOptions> = {
  ...explainChecks,
  layer: layerAddress,
  rectify: flag,
  size: oneOf(['input', 'layer']),
};

/** What sets one class activation map apart from another. */
export interface CamMethod {
  readonly method: string;
  /**
   * What is read of the activations `[n, h, w, c]` and their gradients: a map `[n, h, w]`, or more. Volumes come with their
   * planes below each other, frames as examples of their own.
   */
  readonly read: (activations: Tensor4D, gradients: Tensor4D) => Tensor;
  /** Makes the map `[n, h, w]` of what was read, where that is not the map itself. */
  readonly finish?: (read: NdArray) => Sliced<NdArray>;
}

/** The skeleton of the class activation maps: one forward walk, a backward walk down to one layer, a map. */
export async function classActivationMap(
  model: Model,
  x: Input,
  options: (ExplainOptions & CamOptions) | undefined,
  method: CamMethod,
): Promise<Attribution> {
  return explain(model, x, options, { checks: camChecks }, (session, own) => mapOf(session, own, method));
}

/** The same in a session that is under way. */
export async function mapOf(
  session: Session,
  { layer, rectify = true, size = 'input' }: CamOptions,
  { method, read, finish }: CamMethod,
): Promise<Attribution> {
  const { network, count, rows, scorer, options } = session;
  const site = camLayer(network, scorer, layer);
  const found = await mapBatches({ ...options, stage: method, total: count }, (start, end) => {
    const record = network.forward(rows(start, end), { taps: scorer.taps, differentiate: { to: [site] } });
    const { seeds, ...scored } = scorer.score(record, exampleRange(start, end));
    const gradients = signalAt(record.backward(seeds, { to: [site] }), site);
    const values = record.value(site);
    const map = read(asPlanes(values, site), asPlanes(gradients, site));
    return { ...scored, map: tf.reshape(map, [...values.shape.slice(0, -1), ...map.shape.slice(3)]) } as Record<
      string,
      Tensor
    >;
  });
  const { shape, data } = found.map as NdArray;
  const planes = finish?.({ shape: foldedShape(shape, site.perFrame), data });
  const finished = planes ? (await inSlices(planes, options)).data : data;
  const raw = { shape: shape.slice(0, site.shape.length - 1), data: finished };
  const map = rectify ? rectified(raw) : raw;
  return attributionOf(session, {
    method,
    perPlace: true,
    score: found.score as NdArray,
    classes: found.classes,
    maps: [size === 'input' ? fitted(map, site, session) : map],
    layer: site.address,
  });
}

function asPlanes(values: Tensor, { perFrame }: Site): Tensor4D {
  return tf.reshape(values, [...foldedShape(values.shape, perFrame)]);
}
