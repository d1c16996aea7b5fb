import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect } from 'vitest';
import { seedByName } from './seeds.ts';

/** Starts a backend for the test file, seeds all draws, and checks after each test that it left no tensor behind. */
export async function startBackend(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`backend "${name}" did not start`);
  await tf.ready();
  seedByName();
  let before = 0;
  beforeEach(() => {
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors - before, 'tensors left by the test').toBe(0);
  });
}
