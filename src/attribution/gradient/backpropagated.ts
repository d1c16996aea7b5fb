import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { mapBatches } from '../../network/batches.ts';
import type { Composite } from '../../network/composite.ts';
import type { Site } from '../../network/graph.ts';
import { signalAt } from '../../network/signals.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import { attributionOf, endsOf, exampleRange, explain } from '../session.ts';

/** The option of methods that can end at a layer in place of the input. */
export interface LayerOption {
  /** The address of a layer: the attribution is of its output instead of the input. */
  readonly layer?: string;
}

/** What sets one backpropagation method apart from another. */
export interface Backpropagation {
  readonly method: string;
  readonly composite?: Composite;
  /** Makes the map of what arrives at a site and the value there; the signal itself by default. */
  readonly map?: (signal: Tensor, value: Tensor) => Tensor;
}

/** One forward and one backward walk: the skeleton of gradient, deconvnet, guided backprop, gradient × input. */
export async function backpropagated(
  model: Model,
  x: Input,
  { layer, ...options }: ExplainOptions & LayerOption,
  { method, composite = [], map = tf.clone }: Backpropagation,
): Promise<Attribution> {
  return explain(model, x, options, async ({ network, count, rows, scorer }) => {
    const ends = endsOf(network, layer);
    const found = await mapBatches({ ...options, stage: method, total: count }, (start, end) => {
      const record = network.forward(rows(start, end), {
        taps: scorer.taps,
        differentiate: { to: ends, composite },
      });
      const { seeds, ...scored } = scorer.score(record, exampleRange(start, end));
      const signals = record.backward(seeds, { to: ends });
      const maps = ends.map((site): [string, Tensor] => [
        mapName(site),
        map(signalAt(signals, site), record.value(site)),
      ]);
      return { ...scored, ...Object.fromEntries(maps) } as Record<string, Tensor>;
    });
    return attributionOf({
      method,
      score: found.score as NonNullable<typeof found.score>,
      classes: found.classes,
      maps: ends.map((site) => found[mapName(site)] as NonNullable<typeof found.score>),
      layer,
    });
  });
}

function mapName({ value }: Site): string {
  return `map of ${value}`;
}
