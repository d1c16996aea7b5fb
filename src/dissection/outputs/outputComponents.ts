import { Matrix } from 'ml-matrix';
import { inSlices } from '../../backend/inTurn.ts';
import type { OutputHead } from '../../network/graph/graph.ts';
import { chosenOutput, type OutputChoice } from '../../network/heads/chosenOutput.ts';
import { classesIn } from '../../network/heads/classLogits.ts';
import { assertScale, scaleOn } from '../../network/heads/classScale.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type PrincipalDirections, principalDirections } from '../../numeric/linear/principalDirections.ts';
import { dot } from '../../numeric/linear/vectors.ts';
import {
  anything,
  assertOptions,
  count,
  integer,
  type OptionChecks,
  oneOf,
  safeInteger,
} from '../../numeric/options.ts';
import { type RunningCovariance, runningCovariance } from '../../numeric/running.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import { componentOf } from './componentOf.ts';
import { forEachOutput, type OutputScale } from './forEachOutput.ts';
import { independentRotation } from './independentRotation.ts';
import type { OutputComponents } from './types.ts';

/** Options of {@link outputComponents}. */
export interface OutputComponentsOptions extends RunOptions {
  /** How many components; 20 by default, or as many directions as the outputs vary in. */
  readonly count?: number;
  /**
   * What is looked at: logits less their least and divided by their sum (the default, where there are logits), logits as
   * they are, or probabilities; values that are neither count as logits.
   */
  readonly scale?: OutputScale;
  /** The output of a model with several, or what the first output holds, as of `predict`; the first by default. */
  readonly output?: OutputChoice;
  /** How many classes and images are named at either end of a component; 5 by default. */
  readonly examples?: number;
  /** Of the rotation that the search for independent components begins with; 0 by default. */
  readonly seed?: number;
  /** How many steps the search takes at most; 500 by default. */
  readonly steps?: number;
}

const checks: OptionChecks<OutputComponentsOptions> = {
  ...runChecks,
  count: integer(1),
  scale: oneOf(['shiftedLogit', 'logit', 'probability']),
  output: anything,
  examples: integer(1),
  seed: safeInteger,
  steps: count(1),
};

/** The share of the greatest variance below which a variance is rounding. */
const NOTHING = 1e-9;

/**
 * The principal and the independent components of a model's outputs: what classes it takes to go together.
 *
 * Of outputs $x = (z - \min z) / \sum (z - \min z)$ with mean $\mu$ and covariance $E D E^T$, the principal components are
 * the columns of E. The independent ones are the rows of $W = V D^{-1/2} E^T$, divided by their lengths, with the rotation V
 * for which the coordinates of $V D^{-1/2} E^T (x - \mu)$ are most independent. It is found by symmetric FastICA with tanh,
 * which has no step size that would need a schedule, from a rotation that `seed` fixes.
 *
 * Source: Lu 2015, "Unsupervised learning on neural network outputs", with FastICA (Hyvärinen 1999) for its gradient
 * ascent.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, as the model takes them; read twice. Of each image `count` numbers are kept.
 * @param options `count`, `scale`, `output`, `examples`, `seed`, `steps`, `batchSize`, `signal`, `onProgress`.
 * @returns components `[classes]` with the classes and images at their ends, and where classes lie `[classes, count]`.
 * @throws {VitrineError} if the output has fewer than two classes or does not vary in `count` directions, there is no image,
 * or an option is out of its range, or if the images cannot be read twice; the signal's reason.
 * @example
 * ```ts
 * import { outputComponents } from 'vitrine/dissection';
 * const wave = (i: number) => Float32Array.from({ length: 768 }, (_, k) => Math.sin(k * (i + 1)));
 * const images = Array.from({ length: 12 }, (_, i) => ({ shape: [16, 16, 3], data: wave(i) }));
 * const { principal, independent } = await outputComponents(model, images, { count: 2, examples: 2 });
 * for (const { classes, images } of [...principal, ...independent]) console.log(classes.top, images.top);
 * ```
 */
export async function outputComponents(
  model: Model,
  images: ImageSource,
  options: OutputComponentsOptions = {},
): Promise<OutputComponents> {
  assertOptions(options, checks);
  const { output, examples = 5, seed = 0, steps = 500, count: wanted, scale: asked, ...run } = options;
  const source = await imagesOf(images);
  return withNetwork(model, async (given) => {
    const { network, head } = chosenOutput(given, output);
    const classes = unitCount(head);
    const scale = asked ?? (scaleOn(head, 'logit') === 'logit' ? 'shiftedLogit' : 'probability');
    assertScale(scale === 'shiftedLogit' ? 'logit' : scale, head);
    if (wanted !== undefined) assertInteger('count', wanted, [1, classes]);
    const reader = { network, head, scale };
    const layer = (scale === 'probability' ? head.site : head.logits).address;
    const running = runningCovariance(classes);
    await forEachOutput(reader, source, { ...run, stage: 'covariance' }, (values) => running.add(values));
    const principal = await inSlices(principalDirections(running.covariance()), run);
    const components = componentCount(principal, wanted);
    const whitened = new Float64Array(running.count * components);
    await forEachOutput(reader, source, { ...run, stage: 'components' }, (values, image) => {
      whiten(values, { running, principal, into: whitened.subarray(image * components, (image + 1) * components) });
    });
    const { rotation, converged } = await independentRotation(whitened, components, { ...run, seed, steps });
    const ofRow = (row: ArrayLike<number>) => componentOf(row, { principal, whitened, examples });
    const independent = rotation
      .to2DArray()
      .map(ofRow)
      .sort((a, b) => Math.abs(b.kurtosis) - Math.abs(a.kurtosis));
    return {
      mean: running.mean,
      variances: principal.variances,
      principal: Matrix.eye(components).to2DArray().map(ofRow),
      independent,
      directions: independent.map(({ direction }) => ({ layer, vector: Float32Array.from(direction) })),
      classEmbeddings: {
        shape: [classes, components],
        data: Float64Array.from({ length: classes * components }, (_, place) => {
          const { direction } = independent[place % components] as (typeof independent)[0];
          return (direction[Math.floor(place / components)] as number) - dot(direction, running.mean);
        }),
      },
      converged,
    };
  });
}

function unitCount(head: OutputHead): number {
  const classes = classesIn(head) ?? 0;
  if (classes > 1 && classes === head.site.shape.at(-1)) return classes;
  throw new VitrineError(
    'bad-argument',
    `"output" expected one with a score for each of two classes or more, got "${head.site.address}"`,
  );
}

function componentCount({ variances }: PrincipalDirections, wanted: number | undefined): number {
  const rank = variances.filter((variance) => variance > NOTHING * (variances[0] as number)).length;
  if (rank === 0)
    throw new VitrineError('bad-argument', '"images" expected images of different outputs, got the same for all');
  if (wanted !== undefined && wanted > rank) {
    throw new VitrineError(
      'bad-argument',
      `"count" expected at most the ${rank} directions in which outputs vary, got ${wanted}`,
    );
  }
  return wanted ?? Math.min(20, rank);
}

/** $D^{-1/2} E^T (x - \mu)$, of as many components as there is room for. */
function whiten(
  values: Float64Array,
  {
    running: { mean },
    principal,
    into,
  }: { running: RunningCovariance; principal: PrincipalDirections; into: Float64Array },
): void {
  const centred = values.map((value, i) => value - (mean[i] as number));
  for (let i = 0; i < into.length; i++) {
    into[i] = dot(principal.directions[i] as Float64Array, centred) / Math.sqrt(principal.variances[i] as number);
  }
}
