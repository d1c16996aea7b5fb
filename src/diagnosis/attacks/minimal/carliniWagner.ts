import type { Input, Model } from '../../../network/types.ts';
import { type NdArray, rowOf } from '../../../numeric/ndarray.ts';
import { count, number, type OptionChecks } from '../../../numeric/options.ts';
import { adam } from '../../../optimization/adam.ts';
import type { Optimizer } from '../../../optimization/optimizer.ts';
import { type AttackBatch, someOf, stackedRows } from '../field/attackBatch.ts';
import { attackedBy } from '../field/attackedBy.ts';
import { type AttackOptions, attackChecks } from '../field/attackOptions.ts';
import { margin } from '../field/losses.ts';
import type { Adversarial } from '../types.ts';
import { type Nearest, nearestOf } from './nearest.ts';
import { lookAt } from './slopes.ts';
import { bounded, freely } from './tanhSpace.ts';

/** How {@link carliniWagner} goes about an example. */
export interface CarliniWagnerSettings {
  /** The most steps for each constant; 1000 by default, where the paper has 10 000. */
  readonly steps?: number;
  /** How many constants are tried, each chosen by what those before have led to; 9 by default. */
  readonly searches?: number;
  /** Of Adam, in the free numbers; 0.01 by default. */
  readonly learningRate?: number;
  /** The constant that is tried first: what a unit of missing margin counts; 0.001 by default. */
  readonly constant?: number;
  /** κ, by how much the aim is to be reached; 0 by default. */
  readonly confidence?: number;
}

/** What {@link carliniWagner} takes. */
export type CarliniWagnerOptions = AttackOptions & CarliniWagnerSettings;

/**
 * The attack of Carlini and Wagner: the shortest change in the Euclidean norm, weighed against the margin that is missing.
 *
 * $\min_w \lVert x' - x \rVert_2^2 + c \max(0,\, z_y - \max_{j \ne y} z_j + \kappa)$ with $x' = \mathrm{lo} + \tfrac12(\tanh w + 1)(\mathrm{hi} - \mathrm{lo})$,
 * by Adam; the constant c is ten times as large until it leads to the aim, and then bisected. A run ends when the objective
 * has not fallen by a ten-thousandth in a tenth of the steps. Short runs are useless: begin with `minimalPerturbation`, which
 * starts where DeepFool ends.
 *
 * Source: Carlini and Wagner 2017, "Towards evaluating the robustness of neural networks", section V and VI.A.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options `steps`, `searches`, `learningRate`, `constant`, `confidence`, and how far inputs reach:
 * {@link CarliniWagnerOptions}.
 * @returns changed examples, whether they succeed, and how far they are: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, or the model has a single class.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { distance, success } = await attacks.carliniWagner(model, x, { bounds: [-1, 1], steps: 20, searches: 2 });
 * console.log(distance, success);
 * ```
 */
export async function carliniWagner(model: Model, x: Input, options: CarliniWagnerOptions): Promise<Adversarial> {
  return attackedBy(model, x, options, {
    checks: carliniWagnerChecks,
    plan({ steps = 1000, searches = 9, learningRate = 0.01, constant = 1e-3, confidence = 0 }) {
      const settings = { steps, searches, learningRate, constant, confidence };
      return {
        method: 'carliniWagner',
        norm: 'l2',
        steps: steps * searches,
        run: (batch) => carliniWagnerRun(batch, settings),
      };
    },
  });
}

const carliniWagnerChecks: OptionChecks<CarliniWagnerOptions> = {
  ...attackChecks,
  steps: count(1),
  searches: count(1),
  learningRate: number(0),
  constant: number(0),
  confidence: number(0),
};

async function carliniWagnerRun(batch: AttackBatch, settings: Required<CarliniWagnerSettings>): Promise<NdArray> {
  const nearest = nearestOf(batch, 'l2');
  const constants = batch.labels.map(() => ({ value: settings.constant, low: 0, high: Number.POSITIVE_INFINITY }));
  for (let search = 0; search < settings.searches; search++) {
    const reached = await weighed(batch, nearest, { ...settings, constants: constants.map(({ value }) => value) });
    constants.forEach((constant, row) => {
      if (reached[row]) constant.high = Math.min(constant.high, constant.value);
      else constant.low = Math.max(constant.low, constant.value);
      constant.value = Number.isFinite(constant.high) ? (constant.low + constant.high) / 2 : 10 * constant.value;
    });
  }
  return nearest.changed;
}

/** Where the search of one example stands. */
interface Search {
  readonly row: number;
  readonly free: Float64Array;
  readonly memory: readonly Float64Array[];
  /** What the objective was a tenth of the steps ago. */
  before: number;
}

interface Weighing extends Required<CarliniWagnerSettings> {
  readonly constants: readonly number[];
}

/** One run with a constant for each example; tells which came to their aim. */
async function weighed(batch: AttackBatch, nearest: Nearest, settings: Weighing): Promise<readonly boolean[]> {
  const { steps, learningRate, confidence, constants } = settings;
  const optimizer = adam({ learningRate });
  const reached = batch.labels.map(() => false);
  let searches = batch.labels.map((_, row) => beginning(rowOf(batch.x, row), row, batch, optimizer));
  for (let step = 0; step < steps && searches.length > 0; step++) {
    const rows = searches.map(({ row }) => row);
    const some = someOf(batch, rows);
    const places = searches.map(({ free }) => bounded(free, batch.space));
    const changed = stackedRows(
      places.map(({ x }) => x),
      batch.x,
    );
    const { margins, gradient } = await lookAt(some, changed, margin);
    const beyond = margins.map((value) => value - confidence);
    nearest.see(rows, changed, beyond);
    const isAtTenth = (step + 1) % Math.max(Math.floor(steps / 10), 1) === 0;
    searches = searches.filter((search, i) => {
      const missing = -(beyond[i] as number);
      if (missing < 0) reached[search.row] = true;
      const start = rowOf(some.x, i);
      const value = moveOn(
        search,
        { ...(places[i] as Place), start, slopesOfMargin: rowOf(gradient, i), optimizer, step },
        {
          constant: constants[search.row] as number,
          missing,
        },
      );
      if (!isAtTenth) return true;
      const isGoingOn = value < 0.9999 * search.before;
      search.before = value;
      return isGoingOn;
    });
    batch.onStep();
  }
  return reached;
}

function beginning(x: Float32Array, row: number, { space }: AttackBatch, optimizer: Optimizer): Search {
  const free = freely(x, space);
  const memory = Array.from({ length: optimizer.memories }, () => new Float64Array(free.length));
  return { row, free, memory, before: Number.POSITIVE_INFINITY };
}

type Place = ReturnType<typeof bounded>;

interface Standing extends Place {
  readonly start: Float32Array;
  readonly slopesOfMargin: Float32Array;
  readonly optimizer: Optimizer;
  readonly step: number;
}

/** A step down the objective of one example; gives what it was before. */
function moveOn(
  { free, memory }: Search,
  { x, slopes, start, slopesOfMargin, optimizer, step }: Standing,
  { constant, missing }: { readonly constant: number; readonly missing: number },
): number {
  const price = missing > 0 ? constant : 0;
  let squares = 0;
  const gradient = x.map((value, i) => {
    const away = value - (start[i] as number);
    squares += away * away;
    return (2 * away - price * (slopesOfMargin[i] as number)) * (slopes[i] as number);
  });
  optimizer.move(free, gradient, { memory: [...memory], steps: step });
  return squares + price * missing;
}
