import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../backend/inTurn.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, count, flag, integer, type OptionChecks, oneOf, required } from '../../numeric/options.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { attributionOf, exampleRange, explain } from '../../scoring/session.ts';
import type { Attribution, Direction, ExplainOptions } from '../../scoring/types.ts';
import { bothSigns, differences, factors, groupCount, groupShares, inOrder, nonNegative } from './groupFactors.ts';
import { assertPlane, planeActivations } from './planeActivations.ts';

/** Options of {@link neuronGroups}. */
export interface NeuronGroupsOptions extends Omit<ExplainOptions, 'seed'> {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** The number of groups; 6 by default. */
  readonly count?: number;
  /** What is divided into groups: `'activations'` (default), or what each unit says of the target, activation times gradient. */
  readonly kind?: 'activations' | 'attributions';
  /** Whether negative activations are set to zero; false by default, and they are refused. */
  readonly rectify?: boolean;
  /** How often all factors are brought up to date; 100 by default. */
  readonly steps?: number;
}

const { seed: _, ...withoutSeed } = explainChecks;

const checks: OptionChecks<NeuronGroupsOptions> = {
  ...withoutSeed,
  layer: required(layerAddress),
  count: integer(1),
  kind: oneOf(['activations', 'attributions']),
  rectify: flag,
  steps: count(1),
};

/** Groups of units that act together, the one with the most activation first. */
export interface NeuronGroups {
  readonly layer: string;
  /** Where the groups are, `[n, h, w, count]`, never negative. */
  readonly maps: NdArray;
  /** What each group is among the units, of length 1; an objective of `visualize`, as any direction is. */
  readonly directions: readonly Direction[];
  /** The share of the squared activations that the groups account for together. */
  readonly explained: number;
  /** What each group says of the target, `values` `[n, count]`; where a target is given. */
  readonly attribution?: Attribution;
}

/**
 * Groups of units that are active together: what a network sees in an image, in a few parts.
 *
 * The activations `[positions, units]` of all examples are taken apart by non-negative matrix factorization,
 * $$ a_{pc} \approx \sum_i P_{pi} D_{ic}, \qquad P, D \ge 0, $$
 * into maps P and directions D, from a start that has no chance in it. With a target a group says $\sum_{pc} P_{pi} D_{ic}\, \partial F / \partial a_{pc}$ of it.
 * Of `'attributions'` positive and negative parts are side by side, $[\max(R, 0), \max(-R, 0)]$ with
 * $R = a \odot \partial F / \partial a$, and a direction is the difference of its two parts.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", section "Making things human-scale"; factors by
 * the updates of Lee and Seung 2001 from the extreme positions of Gillis and Vavasis 2014.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input; of a batch the groups are in common.
 * @param options `layer`; `count` (6), `kind` (`'activations'`), `rectify`, `steps` (100), `target`, `scale`
 * (`'logit'` by default), `batchSize`, `signal`, `onProgress`.
 * @returns maps, directions and what they account for, and with a target what each group says of it.
 * @throws {VitrineError} if the layer is unknown or has no rows and columns, or its activations are negative (take a
 * layer behind a ReLU, or `rectify: true`), all zero, or not finite; if the target does not depend on the layer.
 * @example
 * ```ts
 * import { neuronGroups } from 'vitrine/visualization';
 * const options = { layer: 'conv3', count: 3, steps: 20, rectify: true, target: 1 };
 * const { maps, directions, attribution } = await neuronGroups(model, x, options);
 * console.log(maps.shape, directions[0].vector, attribution?.values);
 * ```
 */
export async function neuronGroups(model: Model, x: Input, options: NeuronGroupsOptions): Promise<NeuronGroups> {
  assertOptions(options, checks);
  const { layer, kind = 'activations', rectify = false, steps = 100 } = options;
  const { count: wanted, signal, onProgress } = options;
  const run = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const isExplained = kind === 'attributions' || options.target !== undefined;
  const read = isExplained ? await withGradients(model, x, options) : await alone(model, x, options);
  const values = kind === 'attributions' ? productOf(read.activations, read.gradients as NdArray) : read.activations;
  const matrix = kind === 'attributions' ? bothSigns(values) : nonNegative(values, layer, rectify);
  if (matrix.data.every((value) => value === 0))
    throw new VitrineError('bad-argument', `"x" expected ${kind} other than 0 in "${layer}", got zeros alone`);
  const groups = groupCount('count', wanted, matrix);
  const onStep = (step: number): void => onProgress?.({ stage: 'factors', done: step + 1, total: steps });
  const { weights, parts, explained } = await inSlices(factors(matrix, groups, { steps, onStep }), { signal });
  const units = values.shape[3] as number;
  const { maps, directions } = inOrder(weights, kind === 'attributions' ? differences(parts) : parts);
  const slopes = kind === 'attributions' ? undefined : read.gradients;
  const shares = read.attribution && (await inSlices(groupShares({ maps, directions, slopes }, values.shape), run));
  return {
    layer,
    maps: { shape: [...values.shape.slice(0, 3), groups], data: maps },
    directions: Array.from({ length: groups }, (_, i) => ({
      layer,
      vector: directions.slice(i * units, (i + 1) * units),
    })),
    explained,
    ...(read.attribution && shares && { attribution: read.attribution(shares) }),
  };
}

/** What is read of a layer, `[n, h, w, u]`. */
interface ReadLayer {
  readonly activations: NdArray;
  readonly gradients?: NdArray;
  readonly attribution?: (values: NdArray) => Attribution;
}

async function alone(model: Model, x: Input, { layer, batchSize, signal }: NeuronGroupsOptions): Promise<ReadLayer> {
  const run = { ...(batchSize && { batchSize }), ...(signal && { signal }) };
  return { activations: await planeActivations(model, x, layer, run) };
}

/** Activations with the gradients of the target there. */
function withGradients(model: Model, x: Input, options: NeuronGroupsOptions): Promise<ReadLayer> {
  return explain(model, x, options, { checks }, async (session, { layer, onProgress: _, ...run }) => {
    const { network, scorer, count, rows } = session;
    const site = network.site(layer);
    assertPlane(site);
    const plan = { ...run, stage: 'neuronGroups', total: count };
    const found = await mapBatches(plan, (start, end): Record<string, Tensor> => {
      const record = network.forward(rows(start, end), { taps: scorer.taps, differentiate: { to: [site] } });
      const { seeds, score, classes } = scorer.score(record, exampleRange(start, end));
      const gradients = signalAt(record.backward(seeds, { to: [site] }), site);
      return { activations: tf.clone(record.value(site)), gradients, score, ...(classes && { classes }) };
    });
    const { activations, gradients, score, classes } = found as Record<
      'activations' | 'gradients' | 'score',
      NdArray
    > & {
      readonly classes?: NdArray;
    };
    return {
      activations,
      gradients,
      attribution: (values) =>
        attributionOf(session, { method: 'neuronGroups', score, classes, maps: [values], layer }),
    };
  });
}

function productOf(a: NdArray, b: NdArray): NdArray {
  return { shape: a.shape, data: a.data.map((value, i) => value * (b.data[i] as number)) };
}
