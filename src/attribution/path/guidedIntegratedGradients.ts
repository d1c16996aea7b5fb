import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import { type Chunk, chunksOf, forEachBatch } from '../../network/walk/batches.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { anything, count, type OptionChecks, share } from '../../numeric/options.ts';
import { completenessGap } from '../../scoring/completenessError.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { attributionOf, endsOf, exampleRange, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../scoring/types.ts';
import { advance, type GuidedStep, type GuidedWalk, guidedWalk } from './guidedWalk.ts';
import { type StraightPath, straightPath } from './straightPath.ts';

/** The path of {@link guidedIntegratedGradients}. */
export interface GuidedIntegratedGradientsOptions {
  /** Where the path starts; `'zero'` by default. One for all inputs of the model, or a list. */
  readonly baseline?: Baseline | readonly Baseline[];
  /** The number of points on the path; 200 by default. */
  readonly steps?: number;
  /** The share of the features, those with the smallest gradients, that move first; 0.25 by default. */
  readonly share?: number;
  /** How far ahead of the straight path, or behind it, a feature may be; 0.02 by default. */
  readonly maxDistance?: number;
}

const checks: OptionChecks<ExplainOptions & GuidedIntegratedGradientsOptions> = {
  ...explainChecks,
  baseline: anything,
  steps: count(1),
  share,
  maxDistance: share,
};

/**
 * Guided integrated gradients: integrated gradients along a path that keeps away from steep places.
 *
 * From the baseline on, the features with the smallest gradients move first, none farther than `maxDistance` from where it
 * would be on the straight path: $R_i = \int \partial_i F(\gamma(\alpha))\, d\gamma_i$. The map adds up to
 * $F(x) - F(x')$ up to the error of the steps, which `delta` reports. For linear networks it is integrated gradients.
 *
 * Source: Kapishnikov et al. 2021, "Guided integrated gradients", Algorithm 1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `baseline`, `steps`, `share`, `maxDistance`, `target`, `scale` (`'logit'` by default). A
 * predicted class is the one at x.
 * @returns `values` in the shape of the input, and `delta` per example.
 * @throws {VitrineError} if `steps` < 1, `share` or `maxDistance` is not in 0 … 1; else as {@link integratedGradients}.
 * @example
 * ```ts
 * import { guidedIntegratedGradients } from 'vitrine';
 * const { values, delta } = await guidedIntegratedGradients(model, x, { steps: 20 });
 * ```
 */
export async function guidedIntegratedGradients(
  model: Model,
  x: Input,
  options: ExplainOptions & GuidedIntegratedGradientsOptions = {},
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, own) => {
    const { baseline = 'zero', steps = 200, share = 0.25, maxDistance = 0.02 } = own;
    const sites = endsOf(session.network, undefined);
    const path = await straightPath(session, { sites, baseline });
    const { start, end } = path;
    const walks = Array.from({ length: session.count }, (_, example) =>
      guidedWalk(featuresOf(start.values, example), featuresOf(end.values, example)),
    );
    await walkAll(session, path, { walks, sites, steps, share, maxDistance });
    const maps = end.values.map((array, i) => ({
      shape: array.shape,
      data: siteOf(
        end.values,
        i,
        walks.map(({ gathered }) => gathered),
      ),
    }));
    return attributionOf(session, {
      method: 'guidedIntegratedGradients',
      score: end.score,
      classes: end.classes,
      maps,
      delta: completenessGap(maps, end.score.data, start.score.data),
    });
  });
}

interface Walking extends Omit<GuidedStep, 'step'> {
  readonly walks: readonly GuidedWalk[];
  readonly sites: readonly Site[];
}

/** Each step needs the gradient at where the last one led; the examples of a batch go side by side. */
async function walkAll(
  { network, inputs, count, options }: Session,
  { scorer, end: { values } }: StraightPath,
  { walks, sites, ...how }: Walking,
): Promise<void> {
  const { batchSize } = options;
  const chunks = chunksOf({ total: count, ...(batchSize && { batchSize }) });
  const examplesOf = (group: number): readonly [number, number] => {
    const { start, end } = chunks[group] as Chunk;
    return [start, end];
  };
  const plan = {
    ...options,
    stage: 'guidedIntegratedGradients',
    total: how.steps,
    groups: chunks.length,
    batchSize: 1,
  };
  await forEachBatch(
    plan,
    ({ group }): Record<string, Tensor> => {
      const [first, last] = examplesOf(group);
      const positions = walks.slice(first, last).map(({ position }) => position);
      const points = sites.map((site, i): [Site, Tensor] => {
        const shape = [last - first, ...(values[i] as NdArray).shape.slice(1)];
        return [site, tf.tensor(siteOf(values, i, positions), shape)];
      });
      const from = new Map(points);
      const rows = inputs.map((input, i) => from.get(network.inputs[i] as Site) ?? rowsOf(input, first, last));
      const record = network.forward(rows, { from, taps: scorer.taps, differentiate: { to: sites } });
      const { seeds } = scorer.score(record, exampleRange(first, last));
      const signals = record.backward(seeds, { to: sites });
      return Object.fromEntries(sites.map((site, i) => [String(i), signalAt(signals, site)]));
    },
    (part, { group, start: step }) => {
      const [first, last] = examplesOf(group);
      const gradients = sites.map((_, i) => part[i] as NdArray);
      walks.slice(first, last).forEach((walk, row) => advance(walk, featuresOf(gradients, row), { step, ...how }));
    },
  );
}

/** All features of one row, of all sites one after the other. */
function featuresOf(arrays: readonly NdArray[], row: number): Float64Array {
  const sizes = arrays.map(({ shape }) => sizeOf(shape.slice(1)));
  const features = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
  let offset = 0;
  arrays.forEach(({ data }, i) => {
    const size = sizes[i] as number;
    features.set(data.subarray(row * size, (row + 1) * size), offset);
    offset += size;
  });
  return features;
}

/** The part of one site in the features of some rows. */
function siteOf(arrays: readonly NdArray[], site: number, rows: readonly Float64Array[]): Float32Array {
  const [offset, size] = [arrays.slice(0, site), arrays.slice(site, site + 1)].map((list) =>
    list.reduce((sum, { shape }) => sum + sizeOf(shape.slice(1)), 0),
  ) as [number, number];
  const data = new Float32Array(rows.length * size);
  rows.forEach((features, row) => data.set(features.subarray(offset, offset + size), row * size));
  return data;
}
