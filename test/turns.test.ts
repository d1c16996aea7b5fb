import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventLoopTurn, inSlices, SLICE } from '../src/backend/inTurn.ts';
import { neuralBackedTree } from '../src/distillation/hierarchy/neuralBackedTree.ts';
import { random } from '../src/numeric/random.ts';
import type { Sliced } from '../src/numeric/sliced.ts';
import { longWork } from './support/longWork.ts';
import { givenFor, type Prepared, prepare, publicCalls } from './support/publicCalls.ts';

let prepared: Prepared;
beforeAll(async () => {
  prepared = await prepare();
});
afterAll(() => prepared.dispose());

/** Counts the turns of the event loop until something is done. */
async function turnsDuring(run: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  const running = run();
  setImmediate(turn);
  await running;
  isOver = true;
  return turns;
}

describe('the event loop has its turn during', () => {
  test.each(Object.entries(publicCalls))('%s', async (_, callOf) => {
    const { run } = callOf(givenFor(prepared));
    expect(await turnsDuring(run)).toBeGreaterThan(0);
  });
});

describe('where a signal is taken, it ends as soon as the event loop has its turn', () => {
  test.each(Object.entries(publicCalls))('%s', async (_, callOf) => {
    const stop = new AbortController();
    const { args, run } = callOf(givenFor(prepared, { run: { signal: stop.signal } }));
    const isTaken = args.some((argument) => Object.values(argument ?? {}).includes(stop.signal));
    const running = run();
    const reason = new Error('enough');
    setImmediate(() => stop.abort(reason));
    if (isTaken) await expect(running).rejects.toBe(reason);
    else await running;
  });
});

test('calls that run at the same time have turns of their own, so that something else comes between', async () => {
  const seen: string[] = [];
  const call = async (name: string): Promise<void> => {
    for (let i = 0; i < 2; i++) {
      await eventLoopTurn();
      seen.push(name);
    }
  };
  const turn = (left: number): void => {
    seen.push('.');
    if (left > 1) setImmediate(turn, left - 1);
  };
  setImmediate(turn, 6);
  await Promise.all(['a', 'b', 'c'].map(call));
  expect(seen.join('')).toMatch(/^\.?a\.b\.c\.a\.b\.c/);
});

describe('inSlices(work)', () => {
  const step = 3e6;
  const slice = Math.ceil(SLICE / step);

  test('gives a turn before each slice, and a slice is no more than a step too long', async () => {
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const turnOfStep: number[] = [];
    const work = function* (): Sliced<string> {
      for (let i = 0; i < 4 * slice; i++) {
        turnOfStep.push(turns);
        yield step;
      }
      return 'done';
    };
    expect(await inSlices(work())).toBe('done');
    isOver = true;
    const together = turnOfStep.map((own) => turnOfStep.filter((other) => other === own).length);
    expect(turnOfStep[0]).toBeGreaterThan(0);
    expect(Math.max(...together)).toBe(slice);
  });

  test('stops at the step in which the work itself ends the signal', async () => {
    const stop = new AbortController();
    let steps = 0;
    const work = function* (): Sliced<void> {
      for (; steps < 10; steps++) {
        if (steps === 2) stop.abort(new Error('enough'));
        yield 1;
      }
    };
    await expect(inSlices(work(), { signal: stop.signal })).rejects.toThrow('enough');
    expect(steps).toBe(2);
  });

  test('an error of the work is that of the promise', async () => {
    const work = function* (): Sliced<void> {
      yield 1;
      throw new RangeError('no number');
    };
    await expect(inSlices(work())).rejects.toThrow(new RangeError('no number'));
  });
});

test('a long call has a turn for each ten million operations', async () => {
  const { normal } = random(1);
  const weights = { shape: [400, 300], data: Float32Array.from({ length: 120_000 }, normal) };
  // The distances between all pairs, and those from each of the merged clusters to those that are left.
  const operations = 300 * 400 ** 2;
  const turns = await turnsDuring(() => neuralBackedTree(weights));
  expect(turns).toBeGreaterThan(0.5 * (operations / SLICE));
});

describe('long mathematics says what it does, a little at a time', () => {
  test.each(Object.entries(longWork))('%s', (_, { work, least, most = 1e6 }) => {
    const steps = [...work()];
    expect(steps.reduce((sum, step) => sum + step, 0)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...steps)).toBeLessThanOrEqual(most);
  });
});
