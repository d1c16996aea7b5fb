import type { Input, Model } from '../../../network/types.ts';
import { type NdArray, rowOf } from '../../../numeric/ndarray.ts';
import { count, type OptionChecks } from '../../../numeric/options.ts';
import { type LbfgsSearch, lbfgsSearch } from '../../../optimization/lbfgs.ts';
import { type AttackBatch, someOf, stackedRows } from '../field/attackBatch.ts';
import { attackedBy } from '../field/attackedBy.ts';
import { type AttackOptions, attackChecks } from '../field/attackOptions.ts';
import { crossEntropy } from '../field/losses.ts';
import type { Adversarial } from '../types.ts';
import { type Nearest, nearestOf } from './nearest.ts';
import { lookAt, rivalsOf } from './slopes.ts';
import { bounded, freely } from './tanhSpace.ts';

/** What {@link lbfgs} takes. */
export type LbfgsOptions = AttackOptions & {
  /** The most evaluations for each constant; 100 by default. */
  readonly steps?: number;
  /** How many constants are tried, powers of two; 9 by default. */
  readonly searches?: number;
};

/**
 * The first attack on deep networks: the shortest change in the Euclidean norm towards a class, weighed against its
 * cross-entropy, by L-BFGS.
 *
 * $\min_r c \lVert r \rVert_2^2 + \mathrm{CE}(x + r, t)$ within the bounds, with the greatest constant c that still leads to the
 * aim; of all that do, the shortest change is given. The class t is the goal, and without one the class that the example comes
 * nearest to. The bounds are kept by free numbers, $x' = \mathrm{lo} + \tfrac12(\tanh w + 1)(\mathrm{hi} - \mathrm{lo})$.
 *
 * Source: Szegedy et al. 2014, "Intriguing properties of neural networks", section 4.1.
 *
 * @param x a batch `[n, …]` in the numbers of the model.
 * @param options `steps`, `searches`, and how far inputs reach: {@link LbfgsOptions}.
 * @returns changed examples, whether they succeed, and how far they are: see {@link Adversarial}.
 * @throws {VitrineError} if the input leaves its bounds, or the model has a single class.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * const { distance, success } = await attacks.lbfgs(model, x, { bounds: [-1, 1], steps: 20, searches: 4 });
 * console.log(distance, success);
 * ```
 */
export async function lbfgs(model: Model, x: Input, options: LbfgsOptions): Promise<Adversarial> {
  return attackedBy(model, x, options, {
    checks: lbfgsChecks,
    plan: ({ steps = 100, searches = 9 }) => ({
      method: 'lbfgs',
      norm: 'l2',
      steps: steps * searches,
      run: (batch) => lbfgsRun(batch, { steps, searches }),
    }),
  });
}

const lbfgsChecks: OptionChecks<LbfgsOptions> = { ...attackChecks, steps: count(1), searches: count(1) };

interface LbfgsSettings {
  readonly steps: number;
  readonly searches: number;
}

async function lbfgsRun(batch: AttackBatch, { steps, searches }: LbfgsSettings): Promise<NdArray> {
  const goals = batch.goals ?? (await rivalsOf(batch, 1)).map(([rival]) => rival as number);
  const nearest = nearestOf(batch, 'l2');
  const exponents = batch.labels.map(exponentSearch);
  for (let search = 0; search < searches; search++) {
    const constants = exponents.map(({ at }) => 2 ** at());
    const reached = await weighed(batch, nearest, { goals, constants, steps });
    exponents.forEach(({ tell }, row) => tell(reached[row] as boolean));
  }
  return nearest.changed;
}

/** Looks for the greatest exponent that leads to the aim: in growing steps until one does and one does not, then by halves. */
function exponentSearch(): { readonly at: () => number; readonly tell: (isReached: boolean) => void } {
  let [exponent, stride] = [0, 1];
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    at: () => exponent,
    tell(isReached) {
      if (isReached) low = exponent;
      else high = exponent;
      const isBetween = Number.isFinite(low) && Number.isFinite(high);
      exponent = isBetween ? (low + high) / 2 : exponent + (isReached ? stride : -stride);
      stride *= 2;
    },
  };
}

interface Weighing {
  readonly goals: readonly number[];
  readonly constants: readonly number[];
  readonly steps: number;
}

/** One minimization of each example with its constant; tells which came to their aim. */
async function weighed(
  batch: AttackBatch,
  nearest: Nearest,
  { goals, constants, steps }: Weighing,
): Promise<readonly boolean[]> {
  const reached = batch.labels.map(() => false);
  let searches = batch.labels.map((_, row) => ({ row, search: lbfgsSearch(freely(rowOf(batch.x, row), batch.space)) }));
  for (let step = 0; step < steps && searches.length > 0; step++) {
    const rows = searches.map(({ row }) => row);
    const towards = { ...someOf(batch, rows), goals: rows.map((row) => goals[row] as number) };
    const places = searches.map(({ search }) => bounded(search.trial, batch.space));
    const changed = stackedRows(
      places.map(({ x }) => x),
      batch.x,
    );
    const { losses, margins, gradient } = await lookAt(towards, changed, crossEntropy);
    nearest.see(rows, changed, margins);
    searches.forEach(({ row, search }, i) => {
      const { trial } = search;
      const [place, start] = [places[i] as ReturnType<typeof bounded>, rowOf(towards.x, i)];
      const standing = { ...place, start, loss: losses[i] as number, ascent: rowOf(gradient, i) };
      tellOf(search, standing, constants[row] as number);
      // A step that goes too far may reach the aim and be taken back.
      if (search.best === trial) reached[row] = (margins[i] as number) > 0;
    });
    searches = searches.filter(({ search }) => !search.isDone);
    batch.onStep();
  }
  return reached;
}

interface Standing {
  readonly x: Float64Array;
  readonly slopes: Float64Array;
  readonly start: Float32Array;
  /** What attacks make great: less the cross-entropy of the goal. */
  readonly loss: number;
  readonly ascent: Float32Array;
}

function tellOf(search: LbfgsSearch, { x, slopes, start, loss, ascent }: Standing, constant: number): void {
  let squares = 0;
  const gradient = x.map((value, i) => {
    const away = value - (start[i] as number);
    squares += away * away;
    return (2 * constant * away - (ascent[i] as number)) * (slopes[i] as number);
  });
  search.tell(constant * squares - loss, gradient);
}
