import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { type PartialOption, progressive } from '../../src/attribution/progressive.ts';
import { eventLoopTurn } from '../../src/backend/inTurn.ts';
import type { Input, Model } from '../../src/network/types.ts';
import type { Attribution, ExplainOptions } from '../../src/scoring/types.ts';

const model = {} as LayersModel;
const x: Input = { shape: [1], data: Float32Array.of(0) };

/** Counts to `steps`, and says so after each step. */
async function counting(
  _model: Model,
  _x: Input,
  { steps = 5, fails, signal, onPartial }: ExplainOptions & PartialOption & { steps?: number; fails?: number } = {},
): Promise<Attribution> {
  const at = (step: number): Attribution => ({
    values: { shape: [1], data: Float32Array.of(step) },
    method: 'counting',
    target: null,
    score: new Float32Array(1),
    explained: { target: 'function', scale: 'logit' },
  });
  for (let step = 1; step < steps; step++) {
    signal?.throwIfAborted();
    if (step === fails) throw new Error('no more');
    onPartial?.(() => at(step));
    await eventLoopTurn();
    stepsDone = step;
  }
  return at(steps);
}
let stepsDone = 0;

const countIn = ({ values }: Attribution): number => values.data[0] as number;

test('progressive(explainer)(model, x) yields growing results and the finished one last', async () => {
  const seen: number[] = [];
  for await (const partial of progressive(counting)(model, x, { steps: 5 })) seen.push(countIn(partial));
  expect(seen.at(-1)).toBe(5);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test('a slow reader is given the newest result, not all that it has missed', async () => {
  const seen: number[] = [];
  for await (const partial of progressive(counting)(model, x, { steps: 50 })) {
    seen.push(countIn(partial));
    for (let turn = 0; turn < 20; turn++) await eventLoopTurn();
  }
  expect(seen.length).toBeLessThan(10);
  expect(seen.at(-1)).toBe(50);
});

test('to leave the loop stops the method', async () => {
  for await (const partial of progressive(counting)(model, x, { steps: 1000 })) {
    if (countIn(partial) > 2) break;
  }
  const stopped = stepsDone;
  for (let turn = 0; turn < 20; turn++) await eventLoopTurn();
  expect(stepsDone).toBe(stopped);
  expect(stopped).toBeLessThan(20);
});

test('an error of the method and the reason of an abort come out of the loop', async () => {
  const drain = async (options: Parameters<typeof counting>[2]): Promise<void> => {
    for await (const _ of progressive(counting)(model, x, options));
  };
  await expect(drain({ fails: 3 })).rejects.toThrow('no more');
  const reason = new Error('enough');
  const controller = new AbortController();
  const running = drain({ steps: 1000, signal: controller.signal });
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
});

test('onPartial of the caller is still called', async () => {
  let calls = 0;
  const count = (current: () => Attribution): void => {
    calls += countIn(current()) > 0 ? 1 : 0;
  };
  for await (const _ of progressive(counting)(model, x, { steps: 4, onPartial: count }));
  expect(calls).toBe(3);
});
