import type { Tensor3D } from '@tensorflow/tfjs-core';
import { blur } from '../../../image/blur.ts';
import type { Input, Model } from '../../../network/types.ts';
import type { Chunk } from '../../../network/walk/batches.ts';
import { assertInteger, assertWidth } from '../../../numeric/check.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { anything, callback, count, integer, number, type OptionChecks, oneOf } from '../../../numeric/options.ts';
import { random } from '../../../numeric/random.ts';
import { adam } from '../../../optimization/adam.ts';
import { hiddenInput } from '../../../scoring/baselines.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { type InputOption, imageInput } from '../../../scoring/placedInput.ts';
import { type Endpoint, endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { type DeletionGame, type DeletionTensors, deletionLoss, deletionTensors } from './deletionGame.ts';
import { type LearntMasks, learnMasks } from './learnMasks.ts';
import { gridOf } from './maskUpsampling.ts';
import { suppressingCircles } from './suppressingCircle.ts';

/** The options of {@link meaningfulPerturbation}; lengths are in pixels, by default for 224 and in proportion else. */
export interface MeaningfulPerturbationOptions extends InputOption, PartialOption<MeaningfulPerturbation> {
  /** What a hidden pixel looks like; by default the input blurred by a Gaussian of 10 pixels. */
  readonly baseline?: Baseline;
  /** The number of steps; 300 by default. */
  readonly steps?: number;
  /** Of Adam; 0.1 by default. */
  readonly learningRate?: number;
  /** The price λ₁ of a hidden cell; 1e-4 by default. */
  readonly sparsity?: number;
  /** The price λ₂ of the mask's total variation; 1e-2 by default. */
  readonly smoothness?: number;
  /** The exponent of the total variation; 3 by default. */
  readonly beta?: number;
  /** Pixels to a cell of the mask; 8 by default. */
  readonly cellSize?: number;
  /** The standard deviation of the Gaussian that smooths the mask; 5 by default. */
  readonly maskBlur?: number;
  /** The input is moved at random under the mask, along each axis to this many places; 4 by default, 0 to keep it still. */
  readonly jitter?: number;
  /** `'circle'` (by default): the smallest that suppresses the score, else random; `'keep'`: nothing is hidden. */
  readonly start?: 'circle' | 'keep' | 'random';
}

const checks: OptionChecks<ExplainOptions & MeaningfulPerturbationOptions> = {
  ...explainChecks,
  baseline: anything,
  steps: count(1),
  learningRate: number(0),
  sparsity: number(0),
  smoothness: number(0),
  beta: number(1),
  cellSize: integer(1),
  maskBlur: (argument, value) => assertWidth(argument, value as number),
  jitter: integer(0),
  start: oneOf(['circle', 'keep', 'random']),
  input: integer(0),
  onPartial: callback,
};

/** What {@link meaningfulPerturbation} returns; `values` is 1 less the mask in the size of the input. */
export interface MeaningfulPerturbation extends Attribution {
  /** The learnt mask `[n, rows, columns]`, one number for each cell: 1 keeps, 0 hides. */
  readonly mask: NdArray;
  /** What was minimised, `[n, steps + 1]`, from the start to after the last step. */
  readonly losses: NdArray;
}

/**
 * Meaningful perturbation: the least to blur that destroys the score.
 *
 * Learns a mask $m \in [0, 1]$ on a coarse grid that minimises
 * $F(\hat m \odot x_\tau + (1 - \hat m) \odot \tilde x_\tau) + \lambda_1 \sum (1 - m) + \lambda_2 \sum |\nabla m|^\beta$,
 * where $\hat m$ is the mask upsampled and smoothed, $\tilde x$ the blurred input and $\tau$ a random shift in each step.
 *
 * Source: Fong and Vedaldi 2017, "Interpretable explanations of black boxes by meaningful perturbation", §4.2
 * and §4.3, with the settings of their code and the exact gradient of the smoothed mask.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the shape of the model's input.
 * @param options `steps`, `sparsity`, `smoothness`, `beta`, `learningRate`, `cellSize`, `maskBlur`, `jitter`,
 * `start`, `baseline`, `input`, `seed`, `target`, `scale` (`'probability'` by default; an output that holds none is
 * explained as it is), `onPartial`.
 * @returns `values` `[n, h, w]` in 0…1: 1 where hiding destroys the score, 0 where everything can stay; the coarse
 * `mask` and the `losses`.
 * @throws {VitrineError} if an option is out of range or the input has no rows and columns; else as {@link gradient}.
 * @example
 * ```ts
 * import { meaningfulPerturbation } from 'vitrine';
 * const { values, losses } = await meaningfulPerturbation(model, x, { steps: 10 });
 * console.log(values.shape, losses.shape); // [2, 16, 16], [2, 11]
 * ```
 */
export async function meaningfulPerturbation(
  model: Model,
  x: Input,
  options: ExplainOptions & MeaningfulPerturbationOptions = {},
): Promise<MeaningfulPerturbation> {
  return explain(model, x, options, { checks, scale: 'probability' }, async (session, options) => {
    const { steps = 300, learningRate = 0.1, onPartial } = options;
    const at = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
    const scorer = session.scorerOf(pinTarget(options.target, at.classes));
    const game = await deletionGame(session, options, scorer);
    const learning = {
      stage: 'meaningfulPerturbation',
      plane: game.image.plane,
      start: await startingMasks(session, options, game),
      iterations: steps,
      optimizer: adam({ learningRate }),
      prepare: (chunk: Chunk) => deletionTensors(session, game, chunk),
      evaluate: (mask: Tensor3D, tensors: DeletionTensors, at: { chunk: Chunk; iteration: number }) =>
        deletionLoss(session, game, { mask, tensors, ...at }),
    };
    const learnt = await learnMasks(session, learning, (soFar) => onPartial?.(() => resultOf(session, at, soFar)));
    return resultOf(session, at, learnt);
  });
}

/** The settings of the authors, who worked on 224 pixels, in proportion to the image. */
async function deletionGame(
  session: Session,
  options: ExplainOptions & MeaningfulPerturbationOptions,
  scorer: Scorer,
): Promise<DeletionGame> {
  const image = imageInput(session, options.input);
  const scale = Math.max(...image.plane) / 224;
  const { cellSize = Math.max(1, Math.round(8 * scale)), maskBlur = 5 * scale } = options;
  const { jitter = Math.round(4 * scale), sparsity = 1e-4, smoothness = 1e-2, beta = 3 } = options;
  assertInteger('cellSize', cellSize, [1, Math.min(...image.plane)]);
  assertInteger('jitter', jitter, [0, Math.min(...image.plane)]);
  const hidden =
    options.baseline === undefined
      ? blur(session.inputs[image.index] as NdArray, 10 * scale)
      : await hiddenInput(session, image.index, options.baseline);
  const upsampling = { plane: image.plane, cellSize, sigma: maskBlur };
  return { image, hidden, scorer, upsampling, jitter, sparsity, smoothness, beta };
}

async function startingMasks(
  session: Session,
  { start = 'circle', seed = 0 }: ExplainOptions & MeaningfulPerturbationOptions,
  { upsampling, image, hidden, scorer }: DeletionGame,
): Promise<NdArray> {
  const [rows, columns] = gridOf(upsampling);
  const shape = [session.count, rows, columns];
  const data = new Float32Array(sizeOf(shape)).fill(1);
  if (start === 'keep') return { shape, data };
  const input = { index: image.index, hidden };
  const circles = start === 'circle' ? await suppressingCircles(session, { upsampling, input, scorer }) : [];
  for (let example = 0; example < session.count; example++) {
    const { uniform } = random(seed, example);
    data.set(circles[example] ?? Float32Array.from({ length: rows * columns }, uniform), example * rows * columns);
  }
  return { shape, data };
}

function resultOf(
  session: Session,
  { score, classes }: Endpoint,
  { masks, parameters, curve }: LearntMasks,
): MeaningfulPerturbation {
  const maps = [{ shape: masks.shape, data: masks.data.map((keep) => 1 - keep) }];
  return {
    ...attributionOf(session, { method: 'meaningfulPerturbation', score, classes, maps }),
    mask: { shape: parameters.shape, data: parameters.data.slice() },
    losses: { shape: curve.shape, data: curve.data.slice() },
  };
}
