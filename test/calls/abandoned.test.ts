import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gradient, guidedGradCam } from '../../src/attribution/index.ts';
import { activations, type Model, predict } from '../../src/network/index.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { layerGradients } from '../../src/scoring/index.ts';

const abandoned: unknown[] = [];
const note = (reason: unknown): number => abandoned.push(reason);
beforeEach(() => {
  abandoned.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
});

const model = {} as Model;
const unreadable = {
  get shape(): readonly number[] {
    throw new Error('this cannot be read');
  },
  data: new Float32Array(3),
};

test.each<[string, () => Promise<unknown>]>([
  ['gradient', () => gradient(model, unreadable)],
  ['guidedGradCam', () => guidedGradCam(model, unreadable)],
  ['layerGradients', () => layerGradients(model, unreadable, { layers: ['conv'] })],
  ['predict', () => predict(model, unreadable)],
  ['activations', () => activations(model, unreadable, ['conv'])],
])('%s that is refused for its model leaves no other failure to nobody', async (_, call) => {
  await expect(call()).rejects.toThrow(VitrineError);
  await turn();
  await turn();
  expect(abandoned).toEqual([]);
});
