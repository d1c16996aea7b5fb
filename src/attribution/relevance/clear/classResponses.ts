import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { eventLoopTurn } from '../../../backend/inTurn.ts';
import { reduceChannels } from '../../../image/maps/reduceChannels.ts';
import type { Site } from '../../../network/graph/graph.ts';
import type { Input, Model } from '../../../network/types.ts';
import { mapBatches } from '../../../network/walk/batches.ts';
import { signalAt } from '../../../network/walk/signals.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { exampleRange, type Session } from '../../../scoring/session.ts';
import type { Attribution, ExplainOptions, Target } from '../../../scoring/types.ts';
import { assertAttribution } from '../../assertAttribution.ts';
import type { Backpropagation } from '../../gradient/backpropagated.ts';
import type { RuleOptions } from '../../ruleOptions.ts';

/** Any method whose maps have signs. */
export type SignedExplainer = (model: Model, x: Input, options: ExplainOptions & RuleOptions) => Promise<Attribution>;

/** The position of the image among the inputs, and the targets, one for each rank of class. */
export interface ResponseRequest {
  readonly image: number;
  readonly targets: readonly Target[];
}

/** Responses `[n, k, …places]` of a method that is one walk: all walks start from one forward record. */
export async function responsesByWalk(
  { network, count, rows, options, scorerOf }: Session,
  { composite = [], map = tf.clone }: Backpropagation,
  { image, targets }: ResponseRequest,
): Promise<NdArray> {
  const end = network.inputs[image] as Site;
  const scorers = targets.map(scorerOf);
  const taps = scorers[0]?.taps ?? [];
  const { responses } = await mapBatches({ ...options, stage: 'clearMap', total: count }, (start, stop) => {
    const record = network.forward(rows(start, stop), { taps, differentiate: { to: [end], composite } });
    const maps = scorers.map((scorer) =>
      tf.tidy((): Tensor => {
        const { seeds } = scorer.score(record, exampleRange(start, stop));
        const signal = signalAt(record.backward(seeds, { to: [end] }), end);
        return tf.sum(map(signal, record.value(end)), -1);
      }),
    );
    return { responses: tf.stack(maps, 1) };
  });
  return responses;
}

/** The same of any method, which is called for each class. */
export async function responsesByCalls(
  { network, inputs, count, options }: Session,
  base: SignedExplainer,
  { image, targets }: ResponseRequest,
): Promise<NdArray> {
  const { onProgress, ...quiet } = options;
  const maps: NdArray[] = [];
  for (const target of targets) {
    if (maps.length > 0) await eventLoopTurn();
    options.signal?.throwIfAborted();
    const found: unknown = await base(network, inputs, { ...quiet, target });
    assertAttribution('base', found);
    const { values, inputs: each = [values] } = found;
    maps.push(planes(each[image] ?? values, inputs[image] as NdArray));
    onProgress?.({ stage: 'clearMap', done: maps.length, total: targets.length });
  }
  options.signal?.throwIfAborted();
  return stacked(maps, count);
}

/** One number at each position. */
function planes(map: NdArray, image: NdArray): NdArray {
  const plane = map.shape.length === image.shape.length ? reduceChannels(map, 'sum') : map;
  const expected = image.shape.slice(0, -1);
  if (plane.shape.join() === expected.join()) return plane;
  throw new VitrineError(
    'bad-shape',
    `"base" expected a method whose maps have the shape [${expected.join(', ')}] or more channels, got [${map.shape.join(', ')}]`,
  );
}

/** Maps `[n, …places]` as `[n, k, …places]`. */
function stacked(maps: readonly NdArray[], count: number): NdArray {
  const plane = (maps[0] as NdArray).shape.slice(1);
  const size = sizeOf(plane);
  const data = new Float32Array(count * maps.length * size);
  maps.forEach((map, rank) => {
    for (let example = 0; example < count; example++) {
      data.set(map.data.subarray(example * size, (example + 1) * size), (example * maps.length + rank) * size);
    }
  });
  return { shape: [count, maps.length, ...plane], data };
}
