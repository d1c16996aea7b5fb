import type { Tensor } from '@tensorflow/tfjs-core';
import { readTensor } from '../../../backend/inTurn.ts';
import type { Network } from '../../../network/network.ts';
import { runChecks } from '../../../network/runChecks.ts';
import type { Model, RunOptions } from '../../../network/types.ts';
import type { Composite } from '../../../network/walk/composite.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { assertOptions, type OptionChecks, oneOf } from '../../../numeric/options.ts';
import { forEachImageBatch } from '../../../readings/imageBatches.ts';
import { type ImageSource, imagesOf } from '../../../readings/imageSource.ts';
import { endsOf } from '../../../scoring/session.ts';
import { fingerprintOf } from './assertFitted.ts';
import { type LinearStep, linearSteps, watched } from './linearSteps.ts';
import { batchMoments, type Moments, momentsOf, patternOf, withBatch } from './moments.ts';
import { type LayerPattern, nameOf, type PatternEstimator, type Patterns } from './patterns.ts';

/** The options of {@link fitPatterns}. */
export interface FitPatternsOptions extends RunOptions {
  /**
   * `'twoComponent'` (by default) takes the samples at which a unit is active, for units with an activation; `'linear'`
   * takes all.
   */
  readonly estimator?: PatternEstimator;
}

const checks: OptionChecks<FitPatternsOptions> = { ...runChecks, estimator: oneOf(['linear', 'twoComponent']) };

/**
 * Estimates from data what the units of a network look for: the patterns of {@link patternNet} and
 * {@link patternAttribution}.
 *
 * A weight vector must also cancel what distracts, so it does not show the signal. The pattern of a unit
 * $y = w^T x$ is $a = \frac{E_+[x y] - E_+[x] E[y]}{w^T (E_+[x y] - E_+[x] E[y])}$, with $E_+$ over the samples at which
 * the unit is active: $w^T a = 1$. A position that a convolution reads is a sample. It takes one pass over the data and
 * memory for two numbers per weight; batch normalisation is merged as in every walk. A unit that never was active has
 * the pattern zero.
 *
 * Source: Kindermans et al. 2018, "Learning how to explain neural networks: PatternNet and PatternAttribution", Eqs.
 * (6) and (9).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, in the shape of the model's input; read once.
 * @param options `estimator`, `batchSize`, `signal`, `onProgress`.
 * @returns plain data, for this model with these weights.
 * @throws {VitrineError} if the model has a transposed convolution, whose units have no single kernel.
 * @throws {VitrineError} if there is no image, an example does not fit, or one example gives a layer a single sample.
 * @example
 * ```ts
 * import { fitPatterns, patternNet } from 'vitrine';
 * const patterns = await fitPatterns(model, [x], { batchSize: 2 });
 * const { values } = await patternNet(model, x, { patterns });
 * ```
 */
export async function fitPatterns(
  model: Model,
  images: ImageSource,
  options: FitPatternsOptions = {},
): Promise<Patterns> {
  assertOptions(options, checks);
  const { estimator = 'twoComponent', ...run } = options;
  const dataset = await imagesOf(images);
  return withNetwork(model, async (network) => {
    assertHasKernels(network);
    const moments = new Map<number, Moments>();
    let steps: readonly LinearStep[] = [];
    const examples = await forEachImageBatch(
      network,
      dataset,
      { ...run, stage: 'fitPatterns' },
      {
        job: (rows) => {
          const composite: Composite = [[({ linear }) => linear, watched]];
          const { trace } = network.forward(rows, { differentiate: { to: endsOf(network, undefined), composite } });
          steps = linearSteps(trace.steps);
          return batchMoments(steps, trace, estimator);
        },
        consume: (part) => {
          for (const step of steps) {
            moments.set(step.output, withBatch(moments.get(step.output), momentsOf(part, step)));
          }
        },
      },
    );
    const layers: LayerPattern[] = [];
    for (const step of steps) layers.push(await patternAt(step, moments.get(step.output) as Moments));
    return { estimator, examples, layers, fingerprint: await fingerprintOf(network) };
  });
}

async function patternAt({ operation, input, output }: LinearStep, moments: Moments): Promise<LayerPattern> {
  const { address, kind, parameters } = operation;
  // Each position of an example is a sample; a dense layer has one of each.
  if (moments.samples < 2) {
    throw new VitrineError(
      'bad-argument',
      `"images" expected at least 2 examples for the pattern of ${nameOf(operation)}, got 1`,
    );
  }
  const kernel = await readTensor(parameters['kernel'] as Tensor);
  return { address, kind, pattern: patternOf(moments, kernel), between: [input, output] };
}

function assertHasKernels({ operations }: Network): void {
  const other = operations.find(({ linear, kernelPullback }) => linear && !kernelPullback);
  if (!other) return;
  throw new VitrineError(
    'unsupported-layer',
    `fitPatterns has no pattern for ${nameOf(other)}: at each position its units have another kernel`,
  );
}
