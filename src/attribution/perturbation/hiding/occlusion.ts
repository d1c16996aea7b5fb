import type { VolumeSize } from '../../../image/types.ts';
import { vocabularySizeOf } from '../../../network/graph/embeddingOf.ts';
import type { Site } from '../../../network/graph/graph.ts';
import type { Input, Model } from '../../../network/types.ts';
import { assertInteger } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { anything, callback, integer, type OptionChecks, required } from '../../../numeric/options.ts';
import { baselinesOf } from '../../../scoring/baselines.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { isPlaced } from '../../../scoring/placedInput.ts';
import { endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { alongAxes, perSide } from './alongAxes.ts';
import { type CoverableInput, coverableInput } from './coveredParts.ts';
import { windowDrops } from './windowDrops.ts';

/** The windows of {@link occlusion}. */
export interface OcclusionOptions extends PartialOption {
  /** Rows and columns of the window (of volumes planes, rows and columns), or one number for all. */
  readonly window: number | readonly [rows: number, columns: number] | VolumeSize;
  /** How far the window moves; its own size by default, and at most that, so that every pixel is covered. */
  readonly stride?: number | readonly [rows: number, columns: number] | VolumeSize;
  /** What is seen in place of the window; `'zero'` by default. One for all inputs of the model, or a list. */
  readonly baseline?: Baseline | readonly Baseline[];
  /** The only input that is occluded; by default each in turn. */
  readonly input?: number;
}

const checks: OptionChecks<ExplainOptions & OcclusionOptions> = {
  ...explainChecks,
  window: required(perSide),
  stride: perSide,
  baseline: anything,
  input: integer(0),
  onPartial: callback,
};

/**
 * Occlusion: how much of the score is lost when a window is covered.
 *
 * $R_p = \mathrm{mean}_{w \ni p}\,(F(x) - F(x_w))$ over the windows $w$ that cover pixel $p$; they start at 0, s, 2 s, … and
 * the last ones are cut off at the border. All channels are covered at once and get the same. In a sequence or a vector
 * the windows are as many steps or elements, in a volume (or over frames) boxes; of tokens each is replaced on its own. Of
 * images, only what a window can have changed is computed again at every layer, which is exact.
 *
 * Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", §4.2; the mean over windows as
 * in Captum.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `window` (required), `stride`, `baseline`, `input`, `target`, `scale` (`'logit'` by default),
 * `onPartial`.
 * @returns `values` in the shape of the input; with several inputs a map for each, of tokens `[n, t]`.
 * @throws {VitrineError} if the window is larger than the input, or the stride is below 1 or larger than the window; else
 * as {@link gradient}.
 * @example
 * ```ts
 * import { occlusion } from 'vitrine';
 * const { values } = await occlusion(model, x, { window: 4, stride: 2 }); // [2, 16, 16, 3]
 * ```
 */
export async function occlusion(
  model: Model,
  x: Input,
  options: ExplainOptions & OcclusionOptions,
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, options) => {
    const { baseline = 'zero', input, onPartial } = options;
    const { inputs } = session;
    if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
    const chosen = input === undefined ? [...inputs.keys()] : [input];
    const hidden = await baselinesOf(session, baseline);
    const covered = chosen.map((index) => coveredInput(session, { index, hidden: hidden[index] as NdArray }, options));
    const { score, classes } = await endpoint(session, inputs, { sites: [], scorer: session.scorer });
    const scorer = session.scorerOf(pinTarget(options.target, classes));
    const attribution = (maps: readonly NdArray[]): Attribution =>
      attributionOf(session, { method: 'occlusion', score, classes, maps });
    const maps: NdArray[] = [];
    for (const windows of covered) {
      const known = (map: () => NdArray): void => onPartial?.(() => attribution([...maps, map()]));
      const found = { ...windows, stage: 'occlusion', scorer, score: score.data, onBatch: known };
      maps.push(await windowDrops(session, found));
    }
    return attribution(maps);
  });
}

/** An input with the windows that pass over it. */
interface CoveredInput {
  readonly index: number;
  readonly input: CoverableInput;
  readonly size: readonly number[];
  readonly stride: readonly number[];
}

function coveredInput(
  { network, inputs }: Session,
  { index, hidden }: { index: number; hidden: NdArray },
  { window, stride = window }: OcclusionOptions,
): CoveredInput {
  const shown = inputs[index] as NdArray;
  const { shape } = shown;
  const site = network.inputs[index] as Site;
  if (vocabularySizeOf(network, site) !== undefined) {
    return { index, input: coverableInput(shown, hidden, 1), size: [1, 1], stride: [1, 1] };
  }
  if (shape.length > 5) {
    const expected = 'volumes, images, sequences or vectors';
    throw new VitrineError('bad-shape', `"x" expected ${expected}, got [${shape.join(', ')}] for "${site.address}"`);
  }
  const input = coverableInput(shown, hidden, shape.length === 2 ? 1 : (shape.at(-1) as number));
  const along = (argument: string, value: OcclusionOptions['window']): readonly number[] => {
    // One number is the length of a window in a row.
    const own = typeof value === 'number' && !isPlaced(shape) ? [1, value] : value;
    return alongAxes(argument, own, input.lengths.length);
  };
  const [size, step] = [along('window', window), along('stride', stride)];
  assertFits(input, { size, step, address: site.address });
  return { index, input, size, stride: step };
}

function assertFits(
  { lengths }: CoverableInput,
  { size, step, address }: { size: readonly number[]; step: readonly number[]; address: string },
): void {
  if (size.some((length, axis) => length > (lengths[axis] as number))) {
    const got = size.join(' × ');
    throw new VitrineError(
      'bad-argument',
      `"window" expected at most the ${lengths.join(' × ')} of input "${address}", got ${got}`,
    );
  }
  if (step.some((length, axis) => length > (size[axis] as number))) {
    throw new VitrineError(
      'bad-argument',
      `"stride" expected at most the window's ${size.join(' × ')}, got ${step.join(' × ')}`,
    );
  }
}
