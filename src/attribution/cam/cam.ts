import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { rectify as rectified } from '../../image/rectify.ts';
import { resize } from '../../image/resize.ts';
import { mapBatches } from '../../network/batches.ts';
import type { Site } from '../../network/graph.ts';
import { signalAt } from '../../network/signals.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertChoice } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { attributionOf, exampleRange, explain, type Session } from '../session.ts';
import { camLayer } from './camLayer.ts';

/** The options of every class activation map. */
export interface CamOptions {
  /** The address of a layer with rows and columns; by default the last one before the target. */
  readonly layer?: string;
  /** Whether negative values are set to zero; true by default, as in the papers. */
  readonly rectify?: boolean;
  /** `'input'` (default) resizes the map to the input, bilinear with half-pixel centres; `'layer'` leaves it. */
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
      const map = read(record.value(site) as Tensor4D, gradients as Tensor4D);
      return { ...scored, map } as Record<string, Tensor>;
    });
    const raw = finish(found.map as NdArray);
    const map = rectify ? rectified(raw) : raw;
    return attributionOf({
      method,
      score: found.score as NdArray,
      classes: found.classes,
      maps: [size === 'input' ? resize(map, planeOf(session)) : map],
      layer: (site satisfies Site).address,
    });
  });
}

/** Rows and columns of the input that is an image. */
function planeOf({ inputs }: Pick<Session, 'inputs'>): readonly [number, number] {
  const image = inputs.find(({ shape }) => shape.length === 4);
  if (image) return [image.shape[1] as number, image.shape[2] as number];
  throw new Error(`"size" expected 'layer': this model has no image input to resize the map to`);
}
