import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenFor, type Prepared, prepare, publicCalls } from '../support/publicCalls.ts';

let prepared: Prepared;
beforeAll(async () => {
  prepared = await prepare();
});
afterAll(() => prepared.dispose());

describe.each(Object.entries(publicCalls))('%s', (_, call) => {
  test('reads what it is given before it returns its promise', async () => {
    const expected = await call(givenFor(prepared)).run();
    const { args, run } = call(givenFor(prepared));
    const found = run();
    for (const value of args) overwrite(value);
    expect(await found).toEqual(expected);
  });

  test('does not need its tensors any more then', async () => {
    const { args: unread, run: whole } = call(givenFor(prepared, { as: 'tensor' }));
    const expected = await whole();
    const { args, run } = call(givenFor(prepared, { as: 'tensor' }));
    const found = run();
    dispose(args);
    expect(await found).toEqual(expected);
    dispose(unread);
  });

  test('changes nothing of it, also when two calls share it', async () => {
    const { args, run } = call(givenFor(prepared));
    for (const value of args) freeze(value);
    const [one, other] = await Promise.all([run(), run()]);
    expect(one).toEqual(await call(givenFor(prepared)).run());
    expect(other).toEqual(one);
  });
});

/** Writes into all numbers and texts that a caller has handed over, and empties its objects. */
function overwrite(value: unknown): void {
  if (ArrayBuffer.isView(value)) (value as Uint8Array).fill(7);
  else if (Array.isArray(value)) {
    value.forEach(overwrite);
    value.fill(Number.NaN);
  } else if (isPlain(value)) {
    for (const name of Object.keys(value)) {
      overwrite(value[name]);
      delete value[name];
    }
  }
}

function freeze(value: unknown): void {
  if (Array.isArray(value)) value.forEach(freeze);
  else if (isPlain(value)) Object.values(value).forEach(freeze);
  else return;
  Object.freeze(value);
}

function dispose(value: unknown): void {
  if (isTensor(value)) value.dispose();
  else if (Array.isArray(value)) value.forEach(dispose);
  else if (isPlain(value)) Object.values(value).forEach(dispose);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value;
}
