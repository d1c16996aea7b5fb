import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Site } from '../../../src/network/graph/graph.ts';
import type { Attempt } from '../../../src/network/incremental/attempts.ts';
import { type BaseRun, baseRun } from '../../../src/network/incremental/baseRun.ts';
import type { Network } from '../../../src/network/network.ts';
import { withNetwork } from '../../../src/network/withNetwork.ts';
import { expectClose } from '../../support/close.ts';
import { noiseTensor } from '../../support/operations.ts';
import { pictureClassifier } from '../../support/pictureClassifier.ts';

const places = [
  [3, 2],
  [4, 4],
  [0, 6],
  [8, 0],
] as const;

/** A run on which patches are tried one after the other, and the picture that they make if all are taken. */
async function onRun(job: (run: BaseRun, network: Network, picture: Tensor4D) => Promise<void>): Promise<void> {
  const model = pictureClassifier(4);
  const picture = noiseTensor([1, 12, 10, 3]) as Tensor4D;
  const before = tf.memory().numTensors;
  await withNetwork(model, async (network) => {
    const run = baseRun(network, [picture], { at: network.inputs });
    await job(run, network, picture);
    run.dispose();
  });
  expect(tf.memory().numTensors).toBe(before);
  picture.dispose();
  model.dispose();
}

function tried(run: BaseRun, { inputs, heads }: Network, i: number) {
  const [site, output] = [inputs[0] as Site, heads[0]?.site as Site];
  const at = [places[i] as readonly [number, number]];
  let attempt: Attempt | undefined;
  const scores = tf.tidy(() => {
    attempt = run.attempt(new Map([[site, { tensor: noiseTensor([1, 4, 4, 3], 10 + i) as Tensor4D, at }]]));
    return tf.clone(attempt.value(output));
  });
  return { ...(attempt as unknown as Attempt), scores };
}

function patched(picture: Tensor4D, i: number): Tensor4D {
  const [row, column] = places[i] as readonly [number, number];
  return tf.tidy(() => {
    const margins: [number, number][] = [
      [0, 0],
      [row, 8 - row],
      [column, 6 - column],
      [0, 0],
    ];
    const kept = tf.sub(1, tf.pad(tf.ones([1, 4, 4, 3]), margins));
    return tf.add(tf.mul(picture, kept), tf.pad(noiseTensor([1, 4, 4, 3], 10 + i), margins));
  });
}

test('a run goes on from changes that are accepted, and from no others', async () => {
  await onRun(async (run, network, picture) => {
    let current = picture.clone();
    for (const [i, isTaken] of [true, false, true, true].entries()) {
      const changed = patched(current, i);
      const attempt = tried(run, network, i);
      const whole = tf.tidy(() => tf.clone(network.forward([changed]).value(network.heads[0]?.site as Site)));
      await expectClose(attempt.scores, whole);
      if (isTaken) attempt.accept();
      else attempt.reject();
      const left = isTaken ? current : changed;
      if (isTaken) current = changed;
      tf.dispose([left, attempt.scores, whole]);
    }
    current.dispose();
  });
});

test('what waits for a decision is freed with the run', async () => {
  await onRun(async (run, network) => {
    tried(run, network, 0).scores.dispose();
    tried(run, network, 1).scores.dispose();
  });
});

test('a run goes on from one row', async () => {
  await onRun(async (run, network) => {
    const site = network.inputs[0] as Site;
    const rows = tf.zeros([2, 12, 10, 3]);
    expect(() => run.attempt(new Map([[site, rows]]))).toThrow(/"changes" expected one row to go on from, got 2/);
    rows.dispose();
  });
});
