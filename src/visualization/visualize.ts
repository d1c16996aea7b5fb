import { owned } from '../backend/owned.ts';
import { heightAndWidth } from '../image/maps/planes.ts';
import { scaleChecks } from '../image/pixelScale.ts';
import type { PictureSize } from '../image/types.ts';
import type { Network } from '../network/network.ts';
import { runChecks } from '../network/runChecks.ts';
import type { Model } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import { assertRoom } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import {
  assertOptions,
  callback,
  count,
  integer,
  kind,
  listOf,
  number,
  type OptionChecks,
  object,
  safeInteger,
} from '../numeric/options.ts';
import { ascend } from './ascent/ascend.ts';
import { assertSeen } from './ascent/assertSeen.ts';
import { type Finding, gathered } from './ascent/gathered.ts';
import { plannedAscent } from './ascent/plannedAscent.ts';
import { createObjective } from './objectives/createObjective.ts';
import type { Objective } from './objectives/objective.ts';
import { assertParameterization } from './parameterizations/assertParameterization.ts';
import type { Parameterization } from './parameterizations/parameterization.ts';
import type { Snapshot, Visualization, VisualizeOptions } from './types.ts';

/** Refuses what is no height and width, or too much of both. */
function pictureSize(argument: string, size: unknown): void {
  assertRoom(argument, heightAndWidth(argument, size as PictureSize));
}

/** Checks of the {@link VisualizeSettings}. */
export const visualizeChecks: OptionChecks<VisualizeOptions> = {
  ...scaleChecks,
  signal: runChecks.signal,
  onProgress: runChecks.onProgress,
  size: pictureSize,
  inputSize: pictureSize,
  parameterization: (argument, value) => assertParameterization(argument, value as Parameterization),
  transforms: kind('a list of transforms', Array.isArray),
  optimizer: kind('one of "optimizers"', (value) => hasMethods(value, ['step'])),
  learningRate: number(Number.MIN_VALUE),
  steps: count(0),
  snapshots: listOf(integer(0)),
  count: count(1),
  views: count(1),
  start: object,
  redirected: integer(0),
  seed: safeInteger,
  onSnapshot: callback,
};

/**
 * Pictures that excite a unit, a class, a direction or whatever else an objective says: feature visualization by
 * optimization.
 *
 * $$ \max_p\; \mathbb{E}_T\big[F(T(\text{render}(p)))\big] $$
 *
 * Each step renders the pictures of their parameters p, draws transforms T, shows the result to the network and moves p
 * up the gradient. A list of objectives makes pictures for each of them. Draws depend on `seed`, the objective's place in
 * the list and the step alone, so that an earlier result that is gone on with gives the same bits as one long run, unless
 * transforms change over the run, as `transforms.maco()` does.
 *
 * A unit of a layer that applies a ReLU itself is climbed before the ReLU, where it always has a gradient, unless the
 * target says its `position`. An aborted call is lost but for what `onSnapshot` was handed.
 *
 * Natural pictures explain a unit better than synthetic ones do (Borowski et al. 2021): show `topImages` beside them,
 * and ask {@link pathCheck} whether both take the same path.
 *
 * Source: Olah, Mordvintsev and Schubert 2017, "Feature visualization"; defaults as in lucid.
 *
 * @param model a `LayersModel` or `GraphModel` with one input of images, or one compiled once by `compile`.
 * @param objective a target, one of `objectives`, or a list of such.
 * @param options how pixels of 0 to 255 become the input (`preprocessing`, or `range`, or `mean` and `std`, and `channels`,
 * which are those of the model, and `order`); `size`,
 * `inputSize`, `parameterization`, `transforms`, `optimizer` or `learningRate`, `steps`, `snapshots`, `count`, `views`, `start`,
 * `redirected`, `seed`, `signal`, `onProgress`, `onSnapshot`.
 * @returns pictures of 0 to 1 with their objectives, and what it takes to go on.
 * @throws {VitrineError} if a layer, a unit or a class is unknown, the objective is not finite, no scale is given, or the
 * network takes no pictures of `inputSize` (dense layers behind a flattened map fit one size only).
 * @example
 * ```ts
 * import { objectives, picturesOf, visualize } from 'vitrine';
 * const seen = await visualize(model, objectives.channel('conv3', 5), { range: [0, 1], steps: 8, snapshots: [0, 8] });
 * console.log(seen.images.shape, seen.objective.data); // [2, 1, 16, 16, 3], at the start and after 8 steps
 * const [first, last] = picturesOf(seen);
 * ```
 */
export async function visualize(
  model: Model,
  objective: Objective | readonly Objective[],
  options: VisualizeOptions,
): Promise<Visualization> {
  assertOptions(options, visualizeChecks);
  // Left out, they say no scale, which is what the error is about.
  const copies = owned({ objectives: objectivesOf(objective) }, options ?? ({} as VisualizeOptions));
  return withNetwork(model, async (network) => {
    const [{ objectives }, own] = await copies;
    return visualizeOn(network, objectives, own);
  });
}

/** The same on a network, for a caller that has checked and copied what it was given. */
export async function visualizeOn(
  network: Network,
  objectives: readonly Objective[],
  options: VisualizeOptions,
): Promise<Visualization> {
  const { startOf, ...plan } = plannedAscent(network, options, objectives.length);
  const total = objectives.length * plan.steps;
  // All of them before any work: the last one may be of no layer, or of one that takes no pictures of this size.
  const ready = objectives.map((objective) => createObjective(network, objective, plan.shape.count));
  for (const one of ready) assertSeen(network, one, { inputSize: plan.inputSize, count: plan.shape.count });
  const found: Finding[] = [];
  for (const [group, objective] of ready.entries()) {
    const snapshots: Snapshot[] = [];
    const curve: Float32Array[] = [];
    const ended = await ascend(
      { ...plan, objective: () => ({ objective }), start: startOf(group), group },
      {
        onStep(_step, score) {
          curve.push(score);
          options.onProgress?.({ stage: 'visualize', done: group * plan.steps + curve.length, total });
        },
        onSnapshot(snapshot) {
          snapshots.push(snapshot);
          options.onSnapshot?.(snapshot, group * plan.shape.count);
        },
      },
    );
    found.push({ ...ended, snapshots, curve });
  }
  return gathered(found, { seed: plan.seed, made: plan.before + plan.steps });
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  const methods = Object(value) as Record<string, unknown>;
  return names.every((name) => typeof methods[name] === 'function');
}

/** The objectives of a list, of which a list of classes is one. */
export function objectivesOf(objective: Objective | readonly Objective[]): readonly Objective[] {
  const isList = Array.isArray(objective) || objective instanceof Int32Array;
  const objectives = isList ? [...(objective as readonly Objective[])] : [objective as Objective];
  if (objectives.length > 0) return objectives;
  throw new VitrineError('bad-argument', '"objective" expected at least one, got none');
}
