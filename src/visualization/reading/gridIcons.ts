import { inSlices } from '../../backend/inTurn.ts';
import { crop } from '../../image/crop.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import type { Network } from '../../network/network.ts';
import { assertRoom } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random, randomSubset } from '../../numeric/random.ts';
import type { LayersTarget } from '../../scoring/types.ts';
import { ascend } from '../ascent/ascend.ts';
import { assertSeen } from '../ascent/assertSeen.ts';
import { plannedAscent } from '../ascent/plannedAscent.ts';
import { angledProduct } from '../objectives/angledProduct.ts';
import { createObjective } from '../objectives/createObjective.ts';
import type { ReadyObjective } from '../objectives/readyObjective.ts';
import { fourier } from '../parameterizations/fourier/fourier.ts';
import { grouped } from '../parameterizations/grouped.ts';
import type { VisualizeOptions, VisualizeSettings } from '../types.ts';
import { factors, groupCount } from './groupFactors.ts';

/** What is cut off of icons, where transforms left little to see. */
const BORDER = 2;

/** How the icons of an activation grid are made. */
export interface GridSettings
  extends Pick<
    VisualizeSettings,
    'transforms' | 'optimizer' | 'learningRate' | 'steps' | 'seed' | 'signal' | 'onProgress'
  > {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** How many groups share content; 6 by default. */
  readonly groups?: number;
  /** The side of a picture while it is made, in pixels; 42 by default. Two pixels on each side are cut off at the end. */
  readonly cellSize?: number;
  /** How many cells, drawn anew, are looked at in a step; 64 by default. */
  readonly perStep?: number;
  /** How much the angle counts, as of `objectives.direction`; 0 by default. */
  readonly power?: number;
}

/** One of some examples. */
export interface GridRun extends GridSettings {
  readonly example: number;
  readonly examples: number;
}

/** Makes the pictures of all positions of one example, `[positions, size, size, c]`. */
export async function gridIcons(network: Network, rows: NdArray, run: PixelScale & GridRun): Promise<NdArray> {
  const { layer, cellSize = 42, perStep = 64, power = 0, steps = 256, seed = 0, groups, ...options } = run;
  const { example, examples, ...rest } = options;
  const { onProgress, signal } = options;
  const cells = rows.shape[0] as number;
  assertRoom('cellSize', [cells, cellSize, cellSize, network.inputs[0].shape[3] as number]);
  const weights = await groupWeights(rows, { groups: groupCount('groups', groups, rows), layer, signal });
  const parameterization = grouped(fourier(), weights);
  const settings = { ...rest, steps, seed, size: cellSize, count: cells, parameterization };
  const { startOf, ...plan } = plannedAscent(network, settings as unknown as VisualizeOptions, 1);
  const chosen = (step: number): readonly number[] =>
    randomSubset(cells, Math.min(perStep, cells), random(seed, example, 3, step));
  const objective = (pictures: readonly number[]): ReadyObjective =>
    createObjective(network, climbing(rows, { layer, power, pictures }), pictures.length);
  assertSeen(network, objective(chosen(0)), { inputSize: plan.inputSize, count: Math.min(perStep, cells) });
  let icons: NdArray | undefined;
  await ascend(
    {
      ...plan,
      objective: (step) => ({ objective: objective(chosen(step)), pictures: chosen(step) }),
      start: startOf(example),
      group: example,
    },
    {
      onStep: (step) =>
        onProgress?.({ stage: 'activationGrid', done: example * steps + step + 1, total: examples * steps }),
      onSnapshot({ pictures }) {
        icons = withoutBorder(pictures);
      },
    },
  );
  return icons as NdArray;
}

/** ⟨a_i, a(picture_i)⟩ of each of some pictures. */
function climbing(
  { shape, data }: NdArray,
  { layer, power, pictures }: { readonly layer: string; readonly power: number; readonly pictures: readonly number[] },
): LayersTarget {
  const units = shape[1] as number;
  const vectors = pictures.map((cell) => data.subarray(cell * units, (cell + 1) * units));
  return {
    layers: [layer],
    score: ([values]) => angledProduct(values, { layer, vectors, power, position: 'mean' }),
  };
}

/** How much each position is of each group, at most 1, `[positions, groups]`. */
async function groupWeights(
  { shape, data }: NdArray,
  {
    groups,
    layer,
    signal,
  }: { readonly groups: number; readonly layer: string; readonly signal: AbortSignal | undefined },
): Promise<NdArray> {
  const positive = { shape, data: data.map((value) => Math.max(value, 0)) };
  if (positive.data.every((value) => value === 0))
    throw new VitrineError('bad-argument', `"x" expected activations above 0 in "${layer}", got none`);
  const { weights } = await inSlices(factors(positive, groups, { steps: 100 }), { signal });
  const most = new Float32Array(groups);
  weights.data.forEach((value, i) => {
    most[i % groups] = Math.max(most[i % groups] as number, value);
  });
  return { shape: weights.shape, data: weights.data.map((value, i) => value / (most[i % groups] || 1)) };
}

function withoutBorder({ shape, data }: NdArray): NdArray {
  const [, height, width] = shape as [number, number, number];
  const window = { top: BORDER, left: BORDER, height: height - 2 * BORDER, width: width - 2 * BORDER };
  return crop({ shape, data }, window);
}
