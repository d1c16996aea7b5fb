import { expect, test } from 'vitest';
import { random } from '../../src/numeric/random.ts';
import { type LbfgsSearch, lbfgsSearch } from '../../src/optimization/lbfgs.ts';

type Evaluated = readonly [value: number, gradient: Float64Array];

/** Evaluates where a search asks, so often at the most. */
function searched(search: LbfgsSearch, evaluate: (x: Float64Array) => Evaluated, most: number): number {
  for (let calls = 0; calls < most; calls++) {
    if (search.isDone) return calls;
    search.tell(...evaluate(search.trial));
  }
  return most;
}

test('a quadratic function is minimized in about as many evaluations as it has axes', () => {
  const curvature = [1, 10, 0.1, 4, 30];
  const center = [1, -2, 3, 0.5, 0];
  const evaluate = (x: Float64Array): Evaluated => {
    const away = x.map((value, i) => value - (center[i] as number));
    const value = away.reduce((sum, d, i) => sum + ((curvature[i] as number) * d * d) / 2, 0);
    return [value, away.map((d, i) => (curvature[i] as number) * d)];
  };
  const search = lbfgsSearch(new Float64Array(5));
  searched(search, evaluate, 40);
  center.forEach((value, i) => expect(search.best[i]).toBeCloseTo(value, 5));
  expect(search.value).toBeLessThan(1e-10);
});

test("Rosenbrock's valley is followed to its end", () => {
  const evaluate = ([x, y]: Float64Array): Evaluated => {
    const [a, b] = [1 - (x as number), (y as number) - (x as number) ** 2];
    return [a * a + 100 * b * b, Float64Array.of(-2 * a - 400 * (x as number) * b, 200 * b)];
  };
  const search = lbfgsSearch(Float64Array.of(-1.2, 1));
  const calls = searched(search, evaluate, 200);
  expect(calls).toBeLessThan(100);
  expect(search.best[0]).toBeCloseTo(1, 5);
  expect(search.best[1]).toBeCloseTo(1, 5);
});

test('the value of the best place never rises, also where the function is not convex', () => {
  const { normal } = random(2);
  const phases = Float64Array.from({ length: 6 }, normal);
  const evaluate = (x: Float64Array): Evaluated => [
    x.reduce((sum, value, i) => sum + Math.sin(value + (phases[i] as number)) + 0.05 * value * value, 0),
    x.map((value, i) => Math.cos(value + (phases[i] as number)) + 0.1 * value),
  ];
  const search = lbfgsSearch(Float64Array.from({ length: 6 }, () => 4 * normal()));
  let last = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 60 && !search.isDone; i++) {
    search.tell(...evaluate(search.trial));
    expect(search.value).toBeLessThanOrEqual(last);
    last = search.value;
  }
  const [, gradient] = evaluate(search.best);
  gradient.forEach((slope) => expect(Math.abs(slope)).toBeLessThan(1e-3));
});

test('where the gradient is zero it is done at once', () => {
  const search = lbfgsSearch(Float64Array.of(1, 2));
  search.tell(5, new Float64Array(2));
  expect(search.isDone).toBe(true);
  expect([...search.best]).toEqual([1, 2]);
});

test('a value that is none is a step too far', () => {
  const search = lbfgsSearch(Float64Array.of(1));
  search.tell(1, Float64Array.of(1));
  const far = search.trial;
  search.tell(Number.NaN, Float64Array.of(Number.NaN));
  expect(search.trial[0]).toBeGreaterThan(far[0] as number);
  expect(search.value).toBe(1);
});
