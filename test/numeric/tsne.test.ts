import { describe, expect, test } from 'vitest';
import { inSlices } from '../../src/backend/inTurn.ts';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import { type TsneLayout, type TsneRequest, tsne } from '../../src/numeric/tsne.ts';
import { expectNear } from '../support/near.ts';

/** Points of Gaussian classes one after the other, of deviation 1 about means of deviation `apart`. */
function clusters({ classes, each, length, apart }: { classes: number; each: number; length: number; apart: number }) {
  const { normal } = random(3);
  const means = Array.from({ length: classes }, () => Array.from({ length }, () => apart * normal()));
  const points = Array.from({ length: classes * each }, (_, i) =>
    (means[Math.floor(i / each)] as number[]).map((mean) => mean + normal()),
  );
  return { points, classOf: (i: number) => Math.floor(i / each) };
}

function laidOut(points: readonly number[][], rest: Partial<TsneRequest>): TsneLayout {
  const request = { perplexity: 10, steps: 0, random: random(1), ...rest };
  return atOnce(tsne({ points: points.flat(), count: points.length, ...request }));
}

/** p_ij of all ordered pairs, written out: a width for each point by golden section of |H − log(perplexity)|. */
function affinitiesOf(points: readonly number[][], perplexity: number): number[][] {
  const square = (a: number[], b: number[]): number => a.reduce((sum, v, k) => sum + (v - (b[k] as number)) ** 2, 0);
  const conditional = points.map((own, i) => {
    const shares = (width: number): number[] => {
      const all = points.map((other, j) => (i === j ? 0 : Math.exp(-square(own, other) / (2 * width ** 2))));
      const total = all.reduce((a, b) => a + b, 0);
      return all.map((value) => value / total);
    };
    const entropy = (p: number[]): number => -p.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);
    let [low, high] = [0.2, 50];
    for (let trial = 0; trial < 100; trial++) {
      const middle = Math.sqrt(low * high);
      if (entropy(shares(middle)) > Math.log(perplexity)) high = middle;
      else low = middle;
    }
    return shares(Math.sqrt(low * high));
  });
  return conditional.map((row, i) => row.map((p, j) => (p + (conditional[j]?.[i] as number)) / (2 * points.length)));
}

/** q_ij of places, and 1 / (1 + |y_i − y_j|²). */
function neighborsOf(places: ArrayLike<number>): { q: number[][]; near: number[][] } {
  const count = places.length / 2;
  const near = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => {
      const [dx, dy] = [0, 1].map((axis) => (places[2 * i + axis] as number) - (places[2 * j + axis] as number));
      return i === j ? 0 : 1 / (1 + (dx as number) ** 2 + (dy as number) ** 2);
    }),
  );
  const total = near.flat().reduce((a, b) => a + b, 0);
  return { near, q: near.map((row) => row.map((value) => value / total)) };
}

function divergence(p: number[][], q: number[][]): number {
  return p
    .flatMap((row, i) => row.map((v, j) => (v > 0 ? v * Math.log(v / (q[i]?.[j] as number)) : 0)))
    .reduce((a, b) => a + b, 0);
}

describe('tsne', () => {
  const { points } = clusters({ classes: 3, each: 8, length: 4, apart: 3 });
  const p = affinitiesOf(points, 6);

  test('the divergence is that of pairs written out', () => {
    for (const steps of [0, 30]) {
      const { places, divergence: found } = laidOut(points, { perplexity: 6, steps });
      expect(found).toBeCloseTo(divergence(p, neighborsOf(places).q), 4);
    }
  });

  test('the first step goes down the gradient of exaggerated neighbours', () => {
    const before = laidOut(points, { perplexity: 6 }).places;
    const after = laidOut(points, { perplexity: 6, steps: 1 }).places;
    const { near, q } = neighborsOf(before);
    // Eq. (5) with twelve times p; the step is 50 for so few points, with gains of 1.2 where movement starts, of 0.8 down.
    const slopes = Array.from(before, (place, k) => {
      const [i, axis] = [Math.floor(k / 2), k % 2];
      return points.reduce((sum, _, j) => {
        const difference = place - (before[2 * j + axis] as number);
        return sum + 4 * (12 * (p[i]?.[j] as number) - (q[i]?.[j] as number)) * difference * (near[i]?.[j] as number);
      }, 0);
    });
    const moved = Array.from(before, (place, k) => {
      const slope = slopes[k] as number;
      return place - 50 * (slope > 0 ? 1.2 : 0.8) * slope;
    });
    const means = [0, 1].map((axis) => moved.filter((_, k) => k % 2 === axis).reduce((a, b) => a + b) / points.length);
    expectNear(
      after,
      moved.map((value, k) => value - (means[k % 2] as number)),
      1e-7,
    );
  });

  test('divergence falls, and planted clusters are apart', async () => {
    const { points: many, classOf } = clusters({ classes: 8, each: 30, length: 64, apart: 1 });
    const course: number[] = [];
    const onStep = (step: number, value: () => number): void => {
      if (step % 50 === 49) course.push(value());
    };
    const { places, divergence: last } = laidOut(many, { perplexity: 20, steps: 400, onStep });
    // Neighbours pull twelve times as hard in the first quarter, which is another aim.
    course.slice(2).forEach((value, i) => expect(value).toBeLessThan((course[i + 1] as number) + 1e-3));
    expect(last).toBeCloseTo(course.at(-1) as number, 10);
    expect(last).toBeLessThan(0.7);
    const nearest = many.map((_, i) => {
      const distance = (j: number): number =>
        Math.hypot(
          (places[2 * i] as number) - (places[2 * j] as number),
          (places[2 * i + 1] as number) - (places[2 * j + 1] as number),
        );
      return many
        .map((_, j) => j)
        .filter((j) => j !== i)
        .sort((a, b) => distance(a) - distance(b))
        .slice(0, 10);
    });
    const same = nearest.flatMap((own, i) => own.map((j) => Number(classOf(i) === classOf(j))));
    expect(same.reduce((a, b) => a + b) / same.length).toBeGreaterThan(0.97);
  });

  test('a seed gives the same bits, another one other places; equal points are no trouble', () => {
    const [a, b] = [
      laidOut(points, { steps: 20, random: random(4) }),
      laidOut(points, { steps: 20, random: random(4) }),
    ];
    expect(a).toEqual(b);
    expect(laidOut(points, { steps: 20, random: random(5) }).places).not.toEqual(a.places);
    const equal = Array.from({ length: 30 }, (_, i) => [i < 20 ? 1 : 2, 0]);
    expect([...laidOut(equal, { steps: 50 }).places].every(Number.isFinite)).toBe(true);
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const work = tsne({
      ...{ points: points.flat(), count: points.length, perplexity: 5, steps: 1000, random: random(0) },
      onStep: (step) => {
        if (step === 3) controller.abort();
      },
    });
    await expect(inSlices(work, { signal: controller.signal })).rejects.toThrow('aborted');
  });
});
