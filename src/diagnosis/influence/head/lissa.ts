import { VitrineError } from '../../../numeric/errors.ts';
import type { LinearCurvature } from '../../../numeric/linear/linearCurvature.ts';
import { dot, norm } from '../../../numeric/linear/vectors.ts';
import { random, randomSubset } from '../../../numeric/random.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { headCurvature } from './headCurvature.ts';
import type { HeadPlace, HeadProblem } from './headProblem.ts';
import type { CurvatureSolver, SolverSettings } from './types.ts';

/** A change so small ends a run, as a share of what was reached. */
const TOLERANCE = 1e-10;

const STREAM = 41;

/**
 * Solves by the recursion $h \leftarrow v + h - (\hat H + \delta I) h / c$, of which $h / c$ comes near
 * $(H + \delta I)^{-1} v$; with scale c, and the Hessian of some examples drawn anew in each step.
 *
 * Source: Agarwal, Bullins and Hazan 2017, "Second-order stochastic optimization for machine learning in linear time", §4;
 * Koh and Liang 2017, §3.
 */
export function* lissa(problem: HeadProblem, place: HeadPlace, settings: SolverSettings): Sliced<CurvatureSolver> {
  const { damping, seed, lissa: own = {} } = settings;
  const { rows } = problem.features;
  const samples = Math.min(own.samples ?? rows, rows);
  const whole = headCurvature(problem, place, damping).multiply;
  const largest = yield* largestEigenvalue(whole, problem.weights.length);
  const least = problem.penalty + damping;
  const scale = own.scale ?? 1.05 * (samples < rows ? longestExample(problem) + least : largest);
  const steps = own.steps ?? Math.min(10_000, least > 0 ? Math.ceil(14 * (scale / least)) : 10_000);
  const traces: Float64Array[] = [];
  return {
    traces,
    *solve(gradient) {
      const sum = new Float64Array(gradient.length);
      const repeats = samples < rows ? (own.repeats ?? 1) : 1;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const draw = random(seed, STREAM, traces.length);
        const pick = (): LinearCurvature['multiply'] => {
          if (samples === rows) return whole;
          const [some, there] = drawn(problem, place, randomSubset(rows, samples, draw));
          return headCurvature(some, there, damping).multiply;
        };
        const { h, lengths } = yield* recursion(gradient, { scale, steps, largest, pick });
        traces.push(lengths);
        for (let i = 0; i < sum.length; i++) sum[i]! += (h[i] as number) / (scale * repeats);
      }
      return sum;
    },
  };
}

interface Recursion {
  readonly scale: number;
  readonly steps: number;
  readonly largest: number;
  readonly pick: () => LinearCurvature['multiply'];
}

function* recursion(
  v: Float64Array,
  { scale, steps, largest, pick }: Recursion,
): Sliced<{ readonly h: Float64Array; readonly lengths: Float64Array }> {
  const h = v.slice();
  const lengths: number[] = [norm(v)];
  const product = new Float64Array(v.length);
  for (let step = 1; step <= steps; step++) {
    yield* pick()(h, product);
    let change = 0;
    for (let i = 0; i < h.length; i++) {
      const move = (v[i] as number) - (product[i] as number) / scale;
      h[i]! += move;
      change += move * move;
    }
    const length = norm(h);
    lengths.push(length);
    // Where no step lengthens what it is given, h grows by |v| at most.
    if (!(length <= 1.001 * (step + 1) * (lengths[0] as number))) throw diverged(scale, largest, length);
    if (Math.sqrt(change) <= TOLERANCE * length) break;
    yield 50 * h.length;
  }
  return { h, lengths: Float64Array.from(lengths) };
}

function diverged(scale: number, largest: number, length: number): VitrineError {
  return new VitrineError(
    'failed',
    `"lissa.scale" expected more than half of the largest eigenvalue, about ${largest.toPrecision(3)}, got ${scale.toPrecision(3)}: the recursion diverges, to a length of ${length.toPrecision(3)}`,
  );
}

/** A problem of some of the examples. */
function drawn(problem: HeadProblem, place: HeadPlace, chosen: ArrayLike<number>): [HeadProblem, HeadPlace] {
  const { features, units } = problem;
  const { columns, values } = features;
  const rowsOf = (array: ArrayLike<number>, width: number): Float64Array =>
    Float64Array.from({ length: chosen.length * width }, (_, i) => {
      return array[(chosen[Math.floor(i / width)] as number) * width + (i % width)] as number;
    });
  const own = { ...features, rows: chosen.length, values: rowsOf(values, columns) };
  return [
    { ...problem, features: own },
    { ...place, expected: rowsOf(place.expected, units) },
  ];
}

/** No eigenvalue of the Hessian of any examples is greater: that of one is at most |a|², of a softmax half of it. */
function longestExample({ features: { rows, columns, values }, loss }: HeadProblem): number {
  const share = { softmax: 0.5, binary: 0.25, squared: 1 }[loss];
  let most = 0;
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let column = 0; column < columns; column++) square += (values[row * columns + column] as number) ** 2;
    most = Math.max(most, square);
  }
  return share * most;
}

/** By power iteration, which comes from below. */
function* largestEigenvalue(multiply: LinearCurvature['multiply'], size: number): Sliced<number> {
  const { normal } = random(0, STREAM);
  let vector: Float64Array = Float64Array.from({ length: size }, normal);
  const product = new Float64Array(size);
  let value = 0;
  for (let step = 0; step < 100; step++) {
    const length = norm(vector);
    vector = vector.map((entry) => entry / length);
    yield* multiply(vector, product);
    const next = dot(vector, product);
    if (!(next > 0) || Math.abs(next - value) <= 1e-4 * next) return Math.max(next, Number.MIN_VALUE);
    value = next;
    vector = product.slice();
    yield 50 * size;
  }
  return value;
}
