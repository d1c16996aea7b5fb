import type { Tensor3D } from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import { classCount } from '../../../network/heads/heads.ts';
import type { Input, Model } from '../../../network/types.ts';
import type { Chunk } from '../../../network/walk/batches.ts';
import { assertInteger, assertWidth } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { callback, count, flag, integer, kind, number, type OptionChecks, oneOf } from '../../../numeric/options.ts';
import { sgd } from '../../../optimization/sgd.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { type InputOption, imageInput } from '../../../scoring/placedInput.ts';
import { type Endpoint, endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { isContrast, pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { blurLevels } from './blurPyramid.ts';
import { type ExtremalGame, type ExtremalTensors, extremalLoss, extremalTensors } from './extremalGame.ts';
import { type LearntMasks, learnMasks } from './learnMasks.ts';
import { marginScorer } from './marginScorer.ts';
import { latticeShape } from './smoothMax.ts';

/** The options of {@link extremalPerturbation}; lengths are in pixels, by default for 224 and in proportion else. */
export interface ExtremalPerturbationOptions extends InputOption, PartialOption<ExtremalPerturbation> {
  /** The share of the image that the mask has, above 0 and at most 1; 0.1 by default. */
  readonly area?: number;
  /** What the mask shall do: preserve the score alone (by default), delete it when taken away, or both. */
  readonly kind?: 'preserve' | 'delete' | 'dual';
  /** `'simple'` (by default): the score; `'contrastive'`: the score of the class less the greatest of the others. */
  readonly reward?: 'simple' | 'contrastive';
  /** The number of steps; 800 by default. */
  readonly steps?: number;
  /** Of gradient descent with momentum 0.9 and dampening 0.9; 0.01 by default. */
  readonly learningRate?: number;
  /** The weight of the area at the start, from where it grows by 0.35 % in each step; 300 by default. */
  readonly areaWeight?: number;
  /** Pixels between the parameters of the mask; 7 by default. */
  readonly cellSize?: number;
  /** The radius of the kernel of the mask; 21 by default. */
  readonly sigma?: number;
  /** The standard deviation of the Gaussian that hides; 20 by default. */
  readonly blur?: number;
  /** Whether every other step sees the mirror image; true by default. */
  readonly flip?: boolean;
}

const checks: OptionChecks<ExplainOptions & ExtremalPerturbationOptions> = {
  ...explainChecks,
  area: kind('a share above 0 and at most 1', (value) => typeof value === 'number' && value > 0 && value <= 1),
  kind: oneOf(['preserve', 'delete', 'dual']),
  reward: oneOf(['simple', 'contrastive']),
  steps: count(1),
  learningRate: number(0),
  areaWeight: number(0),
  cellSize: integer(1),
  sigma: (argument, value) => assertWidth(argument, value as number),
  blur: (argument, value) => assertWidth(argument, value as number),
  flip: flag,
  input: integer(0),
  onPartial: callback,
};

/** What {@link extremalPerturbation} returns; `values` is the mask in the size of the input. */
export interface ExtremalPerturbation extends Attribution {
  /** The learnt parameters of the mask `[n, rows, columns]`. */
  readonly mask: NdArray;
  /** The mean of each example's mask, which tends to `area`. */
  readonly areas: Float32Array;
  /** The reward, `[n, steps + 1]`, from the start to after the last step. */
  readonly rewards: NdArray;
}

const SIDES = { preserve: ['kept'], delete: ['left'], dual: ['kept', 'left'] } as const;

/** Levels of the blur pyramid. */
const LEVELS = 8;
/** Growth of the weight of the area in a step. */
const GROWTH = 1.0035;

/**
 * Extremal perturbation: the part of a given area that preserves the score best.
 *
 * Learns $m$ that maximises $F(M(m) \otimes x) - \lambda_t\, \mathrm{mean}\,(\mathrm{sort}(M) - r_a)^2$: $M$ is a
 * smooth mask on a coarse lattice, $\otimes$ blurs the input where the mask is low, and $r_a$ is all zeros but for a
 * share $a$ of ones, so that the mask becomes black and white with the area $a$.
 *
 * Source: Fong, Patrick and Vedaldi 2019, "Understanding deep networks via extremal perturbations and smooth masks",
 * §3. The area is that of the mask within the image.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the shape of the model's input.
 * @param options `area`, `kind`, `reward`, `steps`, `learningRate`, `areaWeight`, `cellSize`, `sigma`, `blur`,
 * `flip`, `input`, `target`, `scale` (`'probability'` by default; an output that holds none is explained as it is),
 * `onPartial`.
 * @returns `values` `[n, h, w]`: the masks, in 0…1, whichever the kind; their parameters `mask`, `areas` and `rewards`.
 * @throws {VitrineError} if an option is out of range, the input has no rows and columns, or the reward is contrastive and
 * the target no class; else as {@link gradient}.
 * @example
 * ```ts
 * import { extremalPerturbation } from 'vitrine';
 * const { values, areas } = await extremalPerturbation(model, x, { area: 0.2, steps: 20 });
 * console.log(values.shape, areas);
 * ```
 */
export async function extremalPerturbation(
  model: Model,
  x: Input,
  options: ExplainOptions & ExtremalPerturbationOptions = {},
): Promise<ExtremalPerturbation> {
  return explain(model, x, options, { checks, scale: 'probability' }, async (session, options) => {
    const { steps = 800, learningRate = 0.01, onPartial } = options;
    const { classes } = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
    const scorer = rewardScorer(session, options, classes);
    const at = await endpoint(session, session.inputs, { sites: [], scorer });
    const game = await extremalGame(session, options, scorer);
    const shape = [session.count, ...latticeShape(game.lattice)];
    const learning = {
      stage: 'extremalPerturbation',
      plane: game.image.plane,
      start: { shape, data: new Float32Array(sizeOf(shape)).fill(1) },
      iterations: steps,
      optimizer: sgd({ learningRate, momentum: 0.9, dampening: 0.9 }),
      prepare: (chunk: Chunk) => extremalTensors(session, game, chunk),
      evaluate: (parameters: Tensor3D, tensors: ExtremalTensors, at: { chunk: Chunk; iteration: number }) =>
        extremalLoss(session, game, { parameters, tensors, ...at }),
    };
    const result = (soFar: LearntMasks): ExtremalPerturbation => resultOf(session, options, { at, soFar });
    return result(await learnMasks(session, learning, (soFar) => onPartial?.(() => result(soFar))));
  });
}

function rewardScorer(
  { head, scale, scorerOf }: Session,
  { reward = 'simple', target }: ExplainOptions & ExtremalPerturbationOptions,
  classes: NdArray | undefined,
): Scorer {
  const pinned = pinTarget(target, classes);
  if (reward === 'simple') return scorerOf(pinned);
  if (head && classes && classCount(head) !== 1 && !isContrast(pinned)) {
    return marginScorer(head, scale, Int32Array.from(classes.data));
  }
  throw new VitrineError('bad-argument', `"target" expected one of several classes for the 'contrastive' reward`);
}

/** The settings of the authors, who worked on 224 pixels, in proportion to the image. */
async function extremalGame(
  session: Session,
  options: ExplainOptions & ExtremalPerturbationOptions,
  scorer: Scorer,
): Promise<ExtremalGame> {
  const image = imageInput(session, options.input);
  const scale = Math.max(...image.plane) / 224;
  const { cellSize = Math.max(1, Math.round(7 * scale)), sigma = 21 * scale, blur = 20 * scale } = options;
  const { area = 0.1, areaWeight = 300, kind: sort = 'preserve', flip = true } = options;
  assertInteger('cellSize', cellSize, [1, Math.min(...image.plane)]);
  assertWidth('sigma', sigma, cellSize / 2);
  const picture = session.inputs[image.index] as NdArray;
  return {
    image,
    scorer,
    area,
    flip,
    lattice: { plane: image.plane, step: cellSize, sigma },
    blurred: await inSlices(blurLevels(picture, { levels: LEVELS, sigma: blur }), options),
    sides: SIDES[sort],
    areaWeight: (iteration) => areaWeight * GROWTH ** iteration,
  };
}

function resultOf(
  session: Session,
  { reward }: ExtremalPerturbationOptions,
  { at: { score, classes }, soFar }: { at: Endpoint; soFar: LearntMasks },
): ExtremalPerturbation {
  const { masks, parameters, curve } = soFar;
  const values = { shape: masks.shape, data: masks.data.slice() };
  const attribution = attributionOf(session, { method: 'extremalPerturbation', score, classes, maps: [values] });
  const { explained } = attribution;
  return {
    ...attribution,
    // The best of the other classes is another one from mask to mask.
    explained: reward === 'contrastive' ? { ...explained, target: 'function' } : explained,
    mask: { shape: parameters.shape, data: parameters.data.slice() },
    areas: score.data.map((_, example) => meanOf(values, example)),
    rewards: { shape: curve.shape, data: curve.data.slice() },
  };
}

function meanOf({ shape, data }: NdArray, example: number): number {
  const size = sizeOf(shape.slice(1));
  return data.subarray(example * size, (example + 1) * size).reduce((sum, value) => sum + value, 0) / size;
}
