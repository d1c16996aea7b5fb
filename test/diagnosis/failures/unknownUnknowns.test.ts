import { describe, expect, test } from 'vitest';
import { type UnknownUnknowns, type UnknownUnknownsOptions, unknownUnknowns } from '../../../src/diagnosis/index.ts';
import { random } from '../../../src/numeric/random.ts';

const sizes = [30, 20, 50];
const rates = [0.4, 0.3, 0.02];

/** Partitions with known shares of errors. */
function world(seed = 0) {
  const { uniform } = random(seed, 43);
  const wrong = sizes.flatMap((size, k) => Array.from({ length: size }, () => uniform() < (rates[k] as number)));
  const starts = [0, 30, 50];
  const partitions = sizes.map((size, k) => ({
    name: `part ${k}`,
    members: Int32Array.from({ length: size }, (_, i) => (starts[k] as number) + i),
  }));
  const confidence = Float64Array.from(wrong, () => 0.65 + 0.35 * uniform());
  return { wrong, examples: { partitions, confidence }, oracle: (i: number): boolean => wrong[i] as boolean };
}

const partOf = (example: number): number => (example < 30 ? 0 : example < 50 ? 1 : 2);

/** What has happened to a partition, answer by answer. */
type History = readonly { readonly reward: number; readonly left: number }[];

/** The values of the formulas in the papers, written out. */
const values: Readonly<Record<string, (history: readonly History[], left: readonly number[], c: number) => number[]>> =
  {
    uub: (history, left, c) => {
      const discounts = history.map((pulls, i) => pulls.map((pull) => (left[i] as number) / pull.left));
      const counts = discounts.map((all) => all.reduce((sum, one) => sum + one, 0));
      const total = counts.reduce((sum, one) => sum + one, 0);
      return history.map((pulls, i) => {
        const mean =
          pulls.reduce((sum, { reward }, j) => sum + reward * (discounts[i]?.[j] as number), 0) / (counts[i] as number);
        return mean + c * Math.sqrt((2 * Math.log(total)) / (counts[i] as number));
      });
    },
    ucb1: (history, _left, c) => {
      const total = history.reduce((sum, pulls) => sum + pulls.length, 0);
      return history.map((pulls) => mean(pulls) + c * Math.sqrt((2 * Math.log(total)) / pulls.length));
    },
    epsilonGreedy: (history) => history.map(mean),
  };

function mean(pulls: History): number {
  return pulls.reduce((sum, { reward }) => sum + reward, 0) / pulls.length;
}

describe('unknownUnknowns', () => {
  test.each([
    ['uub', 1],
    ['uub', 0.25],
    ['ucb1', 1],
    ['epsilonGreedy', 1],
  ] as const)('%s with exploration %f takes the partition of the greatest value', async (policy, exploration) => {
    const { examples, oracle, wrong } = world();
    const { asked } = await unknownUnknowns(examples, { oracle, budget: 60, policy, exploration, epsilon: 0 });
    const left = [...sizes];
    const history: { reward: number; left: number }[][] = [[], [], []];
    asked.forEach(({ example }, t) => {
      const part = partOf(example);
      if (t < 3) expect(part).toBe(t);
      else {
        const found = values[policy]?.(history, left, exploration).map((value, i) =>
          (left[i] as number) > 0 ? value : -1,
        );
        expect(found?.[part]).toBeCloseTo(Math.max(...(found as number[])), 9);
      }
      history[part]?.push({ reward: Number(wrong[example]), left: left[part] as number });
      left[part]!--;
    });
  });

  test.each(['uub', 'ucb1', 'thompson', 'epsilonGreedy', 'random', 'leastConfident'] as const)(
    '%s asks about each example once, and finds all with enough questions',
    async (policy) => {
      const { examples, oracle, wrong } = world(1);
      const { asked, found, curve, partitions } = await unknownUnknowns(examples, { oracle, budget: 500, policy });
      expect(asked.map(({ example }) => example).sort((a, b) => a - b)).toEqual([...wrong.keys()]);
      expect([...found].sort((a, b) => a - b)).toEqual([...wrong.keys()].filter((i) => wrong[i]));
      expect(curve.at(-1)).toBe(found.length);
      for (const { members, asked, found, errorRate, interval } of partitions) {
        expect(asked).toBe(members.length);
        expect(found).toBe([...members].filter((i) => wrong[i]).length);
        expect(interval.low <= (errorRate as number) && (errorRate as number) <= interval.high).toBe(true);
      }
      const sorted = partitions.map(({ errorRate }) => errorRate as number);
      expect(sorted).toEqual([...sorted].sort((a, b) => b - a));
    },
  );

  test('bandits find more than chance on planted partitions', async () => {
    const sums: Record<string, number> = {};
    for (const policy of ['random', 'uub', 'thompson', 'epsilonGreedy'] as const) {
      for (let seed = 0; seed < 20; seed++) {
        const { examples, oracle } = world(seed);
        const { found } = await unknownUnknowns(examples, { oracle, budget: 25, policy, seed });
        sums[policy] = (sums[policy] ?? 0) + found.length;
      }
    }
    for (const policy of ['uub', 'thompson', 'epsilonGreedy']) {
      expect(sums[policy]).toBeGreaterThan(1.3 * (sums['random'] as number));
    }
  });

  test('the least confident come first', async () => {
    const { examples, oracle } = world();
    const { asked } = await unknownUnknowns(examples, { oracle, budget: 5, policy: 'leastConfident' });
    const order = [...examples.confidence.keys()].sort(
      (a, b) => (examples.confidence[a] as number) - (examples.confidence[b] as number),
    );
    expect(asked.map(({ example }) => example)).toEqual(order.slice(0, 5));
  });

  test('the entropy is that of what was found over the partitions', async () => {
    const partitions = [
      { name: 'a', members: [0, 1] },
      { name: 'b', members: [2, 3] },
    ].map(({ name, members }) => ({
      name,
      members: Int32Array.from(members),
    }));
    const examples = { partitions, confidence: [1, 1, 1, 1] };
    const even = await unknownUnknowns(examples, { oracle: () => true, budget: 4 });
    expect(even.entropy).toBeCloseTo(Math.LN2, 12);
    expect((await unknownUnknowns(examples, { oracle: (i) => i < 2, budget: 4 })).entropy).toBe(0);
    expect((await unknownUnknowns(examples, { oracle: () => false, budget: 4 })).entropy).toBeNull();
  });

  test('describes partitions where features are given, and finds the planted one', async () => {
    const { uniform } = random(3);
    const rows = Array.from({ length: 200 }, () => [uniform() < 0.4, uniform() < 0.5, uniform() < 0.5].map(Number));
    const features = { shape: [200, 3], data: Float32Array.from(rows.flat()) };
    const wrong = rows.map(([grass, leash]) => grass === 1 && leash === 0);
    const { partitions, found } = await unknownUnknowns(
      { features, names: ['grass', 'leash', 'night'], confidence: new Float32Array(200).fill(0.9) },
      { oracle: (i) => wrong[i] as boolean, budget: 60 },
    );
    expect(partitions[0]?.name).toMatch(/grass/);
    expect(partitions[0]?.name).toMatch(/not leash/);
    expect(found.length).toBeGreaterThan(1.5 * 60 * (wrong.filter(Boolean).length / 200));
  });

  test('asks about chosen examples alone, with their own numbers', async () => {
    const { examples, oracle } = world();
    const chosen = { ...examples, examples: [2, 31, 60], confidence: [0.9, 0.8, 0.7] };
    const partial = { ...chosen, partitions: examples.partitions.slice(0, 1) };
    const { asked, partitions } = await unknownUnknowns(partial, { oracle, budget: 9 });
    expect(asked.map(({ example }) => example).sort()).toEqual([2, 31, 60]);
    expect(partitions.map(({ name, members }) => [name, [...members]])).toEqual(
      expect.arrayContaining([
        ['part 0', [2]],
        ['none of these', [31, 60]],
      ]),
    );
  });
});

describe('whoever answers', () => {
  const { examples, oracle } = world();
  const search = (options: Partial<UnknownUnknownsOptions> = {}): Promise<UnknownUnknowns> =>
    unknownUnknowns(examples, { oracle, budget: 30, ...options });

  test('may take time', async () => {
    const slow = (i: number): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(oracle(i)), 1));
    expect(await search({ oracle: slow })).toEqual(await search());
  });

  test('may fail: the error passes through, and the search goes on later without asking again', async () => {
    const whole = await search();
    const failure = new TypeError('the line is dead');
    let questions = 0;
    let kept: UnknownUnknowns | undefined;
    const failing = (i: number): boolean => {
      if (questions++ === 12) throw failure;
      return oracle(i);
    };
    const onPartial = (partial: UnknownUnknowns): void => {
      kept = partial;
    };
    await expect(search({ oracle: failing, onPartial })).rejects.toBe(failure);
    expect(kept?.asked).toEqual(whole.asked.slice(0, 12));
    expect(kept?.curve).toEqual(whole.curve.slice(0, 12));
    let more = 0;
    const counted = (i: number): boolean => {
      more++;
      return oracle(i);
    };
    expect(await search({ oracle: counted, answers: kept?.asked ?? [] })).toEqual(whole);
    expect(more).toBe(18);
  });

  test('may reject', async () => {
    const failure = new RangeError('no answer');
    await expect(search({ oracle: () => Promise.reject(failure) })).rejects.toBe(failure);
  });

  test('may be left waiting: a signal ends the call at once', async () => {
    const controller = new AbortController();
    const reason = new Error('gone home');
    const never = (): Promise<boolean> => {
      setTimeout(() => controller.abort(reason), 1);
      return new Promise(() => {});
    };
    await expect(search({ oracle: never, signal: controller.signal })).rejects.toBe(reason);
  });

  test('may not answer in other words', async () => {
    await expect(search({ oracle: (() => 'yes') as never })).rejects.toThrow(
      /"oracle" expected to answer true or false for example \d+, got "yes"/,
    );
  });

  test('is asked the same with the same seed, and other things with another', async () => {
    const asked = async (seed: number): Promise<readonly number[]> =>
      (await search({ seed })).asked.map(({ example }) => example);
    expect(await asked(4)).toEqual(await asked(4));
    expect(await asked(4)).not.toEqual(await asked(5));
  });

  test('is counted', async () => {
    const seen: number[] = [];
    await search({ budget: 3, onProgress: ({ stage, done, total }) => void seen.push(done, total, stage.length) });
    expect(seen).toEqual([1, 3, 9, 2, 3, 9, 3, 3, 9]);
  });

  const wrong: readonly (readonly [string, object, object, string])[] = [
    ['no oracle', {}, { oracle: undefined }, '"oracle" expected a function'],
    ['no budget', {}, { budget: 0 }, '"budget" expected an integer of at least 1, got 0'],
    ['an unknown policy', {}, { policy: 'ucb' }, '"policy" expected one of uub, ucb1'],
    ['exploration below 0', {}, { exploration: -1 }, '"exploration" expected a finite number of at least 0, got -1'],
    ['answers that are none', {}, { answers: [3] }, '"answers[0]" expected an object, got 3'],
    [
      'features beside partitions',
      { features: { shape: [1, 1], data: new Float32Array(1) } },
      {},
      '"features" expected none',
    ],
    ['shared examples', { partitions: [0, 1].map((k) => ({ name: `${k}`, members: [3] })) }, {}, 'got 3 twice'],
    [
      'members that are none',
      { partitions: [{ name: 'a', members: [-1] }] },
      {},
      '"partitions[0].members[0]" expected',
    ],
    ['a partition without a name', { partitions: [{ members: [1] }] }, {}, '"partitions[0].name" expected a text'],
  ];
  for (const [name, given, options, message] of wrong) {
    test(`is not asked with ${name}`, async () => {
      const call = unknownUnknowns(
        { ...examples, ...given } as typeof examples,
        {
          oracle,
          budget: 3,
          ...options,
        } as UnknownUnknownsOptions,
      );
      await expect(call).rejects.toThrow(message);
    });
  }
});
