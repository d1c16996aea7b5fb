import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cka, ckaAccumulator, leep, logMe, rsa } from '../../../src/diagnosis/index.ts';
import { ranks } from '../../../src/numeric/correlation.ts';
import { random } from '../../../src/numeric/random.ts';
import { atOnce, GRAIN } from '../../../src/numeric/sliced.ts';
import { slicedRanks } from '../../../src/numeric/slicedRanks.ts';
import { greatestLogMarginal, naiveCka, type Rows } from '../../oracle/transfer.ts';
import { readJson } from '../../support/fixtures.ts';

interface Golden {
  readonly X: Rows;
  readonly Y: Rows;
  readonly y: readonly number[];
  readonly P: Rows;
  readonly leep: number;
  readonly logme: number;
  readonly cka: number;
  readonly ckaDebiased: number;
  readonly rsaSpearmanOfCorrelationDistance: number;
}

const golden = await readJson<Golden>('goldens/transferability/index.json');

function tableOf(rows: Rows) {
  return { shape: [rows.length, rows[0]?.length as number], data: Float64Array.from(rows.flat()) };
}

function drawn(count: number, width: number, seed: number): number[][] {
  const { normal } = random(seed);
  return Array.from({ length: count }, () => Array.from({ length: width }, normal));
}

describe('the reference numbers', () => {
  const [x, y] = [tableOf(golden.X), tableOf(golden.Y)];
  test('of leep(…)', async () => expect(await leep(tableOf(golden.P), golden.y)).toBeCloseTo(golden.leep, 10));
  test('of logMe(…)', async () => expect(await logMe(x, golden.y)).toBeCloseTo(golden.logme, 10));
  test('of cka(…)', async () => {
    expect(await cka(x, y, { debiased: false })).toBeCloseTo(golden.cka, 10);
    expect(await cka(x, y)).toBeCloseTo(golden.ckaDebiased, 10);
  });
  test('of rsa(…)', async () => {
    // Rows of two features correlate by 1 or −1; the reference ranks what rounding left of that, as NumPy rounds. With the
    // same correlations rounded to twelve digits it gives:
    const tied = 0.47351636955335946;
    expect(Math.abs(tied - golden.rsaSpearmanOfCorrelationDistance)).toBeLessThan(0.02);
    expect(await rsa(x, y)).toBeCloseTo(tied, 10);
  });
});

describe('leep(probabilities, labels)', () => {
  test('is 0 of one class, and −H(y) where the network says the same of all examples', async () => {
    const same = tableOf([0, 1, 2, 3].map(() => [0.25, 0.75]));
    expect(await leep(same, [0, 0, 0, 0])).toBeCloseTo(0, 12);
    expect(await leep(same, [0, 1, 1, 1])).toBeCloseTo(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75), 12);
  });

  test('is 0 where classes follow from classes, and skips a class of probability 0', async () => {
    expect(
      await leep(
        tableOf([
          [1, 0, 0],
          [0, 0, 1],
          [1, 0, 0],
        ]),
        [4, 1, 4],
      ),
    ).toBeCloseTo(0, 12);
  });
});

describe('logMe(features, labels)', () => {
  const labels = [0, 1, 2, 0, 1, 2, 0];
  const precise = { tolerance: 1e-12, steps: 2000 };

  test.each([
    ['more examples than features', 15, 4],
    ['fewer examples than features', 15, 19],
  ])('is the greatest evidence, with %s', async (_, count, width) => {
    const classes = Array.from({ length: count }, (_none, i) => i % 3);
    const features = drawn(count, width, 5).map((row, i) => row.map((value, k) => (k === i % 3 ? 1 : 0) + 0.3 * value));
    const direct = [0, 1, 2].map((one) =>
      greatestLogMarginal(
        features,
        classes.map((label) => Number(label === one)),
      ),
    );
    const mean = direct.reduce((sum, value) => sum + value, 0) / 3 / count;
    // As close as the 1e-5 in the quotients leave it.
    expect(await logMe(tableOf(features), classes, precise)).toBeCloseTo(mean, 3);
  });

  test('takes numbers in place of classes, and the mean over classes is that over their columns', async () => {
    const features = tableOf(drawn(7, 3, 6));
    const columns = tableOf(labels.map((label) => [0, 1, 2].map((one) => Number(label === one))));
    expect(await logMe(features, columns)).toBeCloseTo(await logMe(features, labels), 12);
  });

  test('does not change with turned features or the numbers of classes, nor with columns of zeros', async () => {
    const features = drawn(7, 2, 7);
    const score = await logMe(tableOf(features), labels);
    const turned = features.map(([a, b]) => [
      0.6 * (a as number) - 0.8 * (b as number),
      0.8 * (a as number) + 0.6 * (b as number),
    ]);
    expect(await logMe(tableOf(turned), labels)).toBeCloseTo(score, 8);
    expect(await logMe(tableOf(features.map((row) => [...row, 0, 0])), labels)).toBeCloseTo(score, 8);
    expect(
      await logMe(
        tableOf(features),
        labels.map((label) => 9 - 2 * label),
      ),
    ).toBeCloseTo(score, 12);
  });

  test('of features that are 0 is the likelihood of noise', async () => {
    const zeros = { shape: [4, 3], data: new Float32Array(12) };
    // Variance ½ of both classes.
    const wanted = -0.5 * Math.log(2 * Math.PI * 0.5) - 0.5;
    expect(await logMe(zeros, [0, 1, 0, 1])).toBeCloseTo(wanted, 4);
  });

  test('falls when the labels are shuffled', async () => {
    const { normal } = random(8);
    const classes = Array.from({ length: 60 }, (_, i) => i % 3);
    const features = tableOf(classes.map((one) => [0, 1, 2].map((k) => Number(k === one) + 0.2 * normal())));
    const mixed = classes.map((_, i) => classes[(i * 7 + Math.floor(i / 9)) % 60] as number);
    expect(await logMe(features, classes)).toBeGreaterThan((await logMe(features, mixed)) + 0.3);
  });
});

describe('cka(a, b)', () => {
  const sizes = fc.record({
    count: fc.integer({ min: 4, max: 9 }),
    first: fc.integer({ min: 1, max: 8 }),
    second: fc.integer({ min: 1, max: 8 }),
    seed: fc.integer({ min: 0, max: 1000 }),
    debiased: fc.boolean(),
  });

  test('is as by whole Gram matrices, of many features and of few, and far from 0', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ count, first, second, seed, debiased }) => {
        const [a, b] = [drawn(count, first, seed), drawn(count, second, seed + 1)];
        const wanted = naiveCka(a, b, debiased);
        const far = a.map((row) => row.map((value) => value + 1e4));
        expect(await cka(tableOf(a), tableOf(b), { debiased })).toBeCloseTo(wanted, 8);
        expect(await cka(tableOf(far), tableOf(b), { debiased })).toBeCloseTo(wanted, 6);
      }),
      { numRuns: 60 },
    );
  });

  test('is 1 of turned and scaled features, and 0 on average of unrelated ones, where the biased one is near 1', async () => {
    const a = drawn(20, 100, 1);
    const turned = a.map((row) => row.map((_, k) => 5 * (row[(k + 3) % 100] as number)));
    expect(await cka(tableOf(a), tableOf(turned))).toBeCloseTo(1, 10);
    const unrelated = tableOf(drawn(20, 100, 2));
    expect(await cka(tableOf(a), unrelated, { debiased: false })).toBeGreaterThan(0.75);
    expect(Math.abs(await cka(tableOf(a), unrelated))).toBeLessThan(0.2);
  });

  test('of features that are the same throughout is NaN', async () => {
    const constant = tableOf(drawn(5, 2, 1).map(() => [0.1, 7]));
    expect(await cka(constant, tableOf(drawn(5, 2, 1)))).toBeNaN();
    expect(await cka(constant, tableOf(drawn(5, 2, 1)), { debiased: false })).toBeNaN();
  });
});

test('ckaAccumulator(…) adds up to cka(…), far from 0 too, and asks for enough examples', async () => {
  const [a, b] = [drawn(9, 3, 4).map((row) => row.map((value) => value + 1e3)), drawn(9, 5, 5)];
  for (const debiased of [true, false]) {
    const { add, value } = ckaAccumulator({ units: [3, 5], debiased });
    a.forEach((row, i) => {
      add(row, Float32Array.from(b[i] as number[]));
    });
    expect(value()).toBeCloseTo(await cka(tableOf(a), tableOf(b), { debiased }), 6);
  }
  const { add, value } = ckaAccumulator({ units: [2, 1] });
  add([1, 2], [3]);
  expect(value).toThrow('at least 4 examples, got 1');
  expect(() => add([1], [3])).toThrow('"a" expected 2 features');
  expect(() => add([1, 2], [Number.NaN])).toThrow('"b" expected finite numbers');
});

test('rsa(a, b) is 1 of the same order of dissimilarities and NaN where all are equal', async () => {
  const a = drawn(6, 4, 3);
  const scaled = a.map((row, i) => row.map((value) => (i + 1) * value + i));
  expect(await rsa(tableOf(a), tableOf(scaled))).toBeCloseTo(1, 10);
  const equal = tableOf([
    [1, 0],
    [2, 1],
    [5, 3],
  ]);
  expect(await rsa(equal, tableOf(drawn(3, 4, 3)))).toBeNaN();
});

test('slicedRanks(values) are the ranks, also of several runs', () => {
  const { integer } = random(1);
  for (const count of [1, 2, 7, 2 * GRAIN + 5]) {
    const values = Float64Array.from({ length: count }, () => integer(5000));
    expect(atOnce(slicedRanks(values))).toEqual(ranks(values));
  }
});

describe('bad input', () => {
  const features = tableOf(drawn(4, 2, 1));
  const nan = { shape: [4, 2], data: Float32Array.of(0, 1, Number.NaN, 1, 2, 3, 4, 5) };

  test.each([
    ['labels of another number', () => logMe(features, [0, 1]), 'bad-shape', '"labels" expected 4 examples, got 2'],
    ['NaN', () => logMe(nan, [0, 1, 0, 1]), 'not-finite', 'NaN at [1, 0]'],
    ['classes below 0', () => logMe(features, [0, 1, -1, 0]), 'bad-argument', '"labels[2]" expected'],
    ['rows that are no probabilities', () => leep(features, [0, 1, 0, 1]), 'bad-argument', 'sum up to 1'],
    ['NaN', () => cka(features, nan), 'not-finite', '"b" expected finite'],
    ['other examples', () => cka(features, tableOf(drawn(5, 2, 1))), 'bad-shape', '"b" expected 4 examples, got 5'],
    ['too few', () => cka(tableOf(drawn(3, 2, 1)), tableOf(drawn(3, 2, 1))), 'bad-shape', 'at least 4 examples'],
    [
      'constant rows',
      () =>
        rsa(
          features,
          tableOf([
            [1, 1],
            [1, 2],
            [1, 2],
            [1, 2],
          ]),
        ),
      'bad-argument',
      '1 throughout in row 0',
    ],
    [
      'one feature',
      () => rsa(tableOf([[1], [2], [3], [4]]), features),
      'bad-argument',
      '"a" expected features that differ',
    ],
    ['an unknown option', () => cka(features, features, { debias: false } as never), 'unknown-option', '"debias"'],
  ])('%s', async (_, call, code, message) => {
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('an abort', async () => {
    await expect(cka(features, features, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});
