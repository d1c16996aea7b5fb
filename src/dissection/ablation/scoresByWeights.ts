import * as tf from '@tensorflow/tfjs-core';
import { rowOf } from '../../numeric/ndarray.ts';
import { forEachImageBatch } from '../../readings/imageBatches.ts';
import type { ImageDataset } from '../../readings/imageSource.ts';
import type { AblationPlan, AblationRun, ScoreVisitor } from './ablationPlan.ts';
import type { LinearTail } from './linearTail.ts';

/**
 * The logits with sets of units off where weights alone follow the layer: $z - \sum_u w_u \bar a_u$ over the units that
 * are off or, where these are most, $b + \sum_u w_u \bar a_u$ over the others.
 */
export async function scoresByWeights(
  { network, site, head, sets, tail }: AblationPlan & { readonly tail: LinearTail },
  images: ImageDataset,
  run: AblationRun,
  visit: ScoreVisitor,
): Promise<void> {
  const kernel = Float32Array.from(await tail.kernel.data());
  const bias = tail.bias && Float32Array.from(await tail.bias.data());
  const changes = sets.map((set) => changeOf(new Set(set), site.shape.at(-1) as number));
  let example = 0;
  await forEachImageBatch(network, images, run, {
    job: (rows) => {
      const record = network.forward(rows, { taps: [site, head.logits] });
      const value = record.value(site);
      return {
        vectors: tail.pooled ? tf.mean(value, [1, 2]) : tf.clone(value),
        logits: tf.clone(record.value(head.logits)),
      };
    },
    consume: ({ vectors, logits }) => {
      for (let row = 0; row < (vectors.shape[0] as number); row++, example++) {
        const [vector, whole] = [rowOf(vectors, row), rowOf(logits, row)];
        const nothing = bias ?? new Float32Array(whole.length);
        changes.forEach(({ fromNothing, sign, units }, set) => {
          const scores = Float64Array.from(fromNothing ? nothing : whole);
          for (const unit of units) addUnit(scores, kernel, { unit, activation: sign * (vector[unit] as number) });
          visit(example, set, scores);
        });
      }
    },
  });
}

/** How the logits of a set are found in the fewest steps. */
interface ScoreChange {
  /** Whether from those of no unit at all, in place of those of all. */
  readonly fromNothing: boolean;
  readonly sign: 1 | -1;
  readonly units: readonly number[];
}

function changeOf(off: ReadonlySet<number>, count: number): ScoreChange {
  if (2 * off.size <= count) return { fromNothing: false, sign: -1, units: [...off] };
  const on = Array.from({ length: count }, (_, unit) => unit).filter((unit) => !off.has(unit));
  return { fromNothing: true, sign: 1, units: on };
}

function addUnit(
  scores: Float64Array,
  kernel: Float32Array,
  { unit, activation }: { readonly unit: number; readonly activation: number },
): void {
  if (activation === 0) return;
  const weights = unit * scores.length;
  for (let i = 0; i < scores.length; i++) scores[i]! += activation * (kernel[weights + i] as number);
}
