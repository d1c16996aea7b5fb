import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dissect } from '../../src/dissection/dissect.ts';
import type { DissectOptions } from '../../src/dissection/options.ts';
import type { Dissection } from '../../src/dissection/types.ts';
import { dissectInWorkers } from '../../src/node/dissectInWorkers.ts';
import { folderStore } from '../../src/node/folderStore.ts';
import { concepts } from '../support/labelled.ts';
import { count, images, model } from '../support/workers/dissected.ts';

const layers = ['first', 'second'] as const;
const options = { layers, concepts, quantile: 0.02 };
const module = (name: string): URL => new URL(`../support/workers/${name}.ts`, import.meta.url);
const source = {
  module: module('dissected'),
  workers: 2,
  shards: 4,
  execArgv: ['--import', new URL('../../scripts/register-typescript.mjs', import.meta.url).href],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-shards-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function inOneThread(
  more: Partial<DissectOptions<'first' | 'second'>> = {},
): Promise<Record<string, Dissection>> {
  const network = await model();
  const found = await dissect(network, images(), { ...options, ...more });
  network.dispose();
  return found;
}

test.each([{}, { memory: 'histogram' }, { quantileOn: 'upsampled', upsampling: 'fill' }] as const)(
  'threads find what one thread finds, bit for bit: %j',
  async (more) => {
    const progress: string[] = [];
    const onProgress: DissectOptions['onProgress'] = ({ stage, done, total }) => {
      progress.push(`${stage} ${done} of ${total}`);
    };
    const found = await dissectInWorkers(source, { ...options, ...more, onProgress });
    expect(found).toEqual(await inOneThread(more));
    expect(progress.at(-1)).toBe(`tally ${count} of ${count}`);
  },
);

test('neither the number of threads nor that of parts matters, nor parts without an image', async () => {
  const found = await dissectInWorkers({ ...source, workers: 1, shards: count + 2 }, options);
  expect(found).toEqual(await inOneThread());
});

test('a part whose thread dies is read again, and the result is the same', async () => {
  process.env['VITRINE_DEATHS'] = join(folder, 'two-deaths');
  process.env['VITRINE_DEATH_COUNT'] = '2';
  const found = await dissectInWorkers({ ...source, module: module('dying') }, options);
  expect(await readFile(join(folder, 'two-deaths'), 'utf8')).toBe('xx');
  expect(found).toEqual(await inOneThread());
});

test('a part that kills every thread is named', async () => {
  process.env['VITRINE_DEATHS'] = join(folder, 'many-deaths');
  process.env['VITRINE_DEATH_COUNT'] = '100';
  await expect(dissectInWorkers({ ...source, module: module('dying') }, options)).rejects.toThrow(
    'part 1 of 4: its worker died 3 times, the last time with: worker exited with code: 3',
  );
});

test('what is wrong with an image is told with its part and name; it is left out, or all ends', async () => {
  const faults: string[] = [];
  const faulty = { ...source, module: module('faulty') };
  const found = await dissectInWorkers(faulty, { ...options, onFault: ({ message }) => faults.push(message) });
  expect(faults.toSorted()).toEqual([
    expect.stringMatching(/^part 1 of 4: image 1 \(image-5\.png\): .*NaN/),
    expect.stringMatching(/^part 2 of 4: image 2 \(image-10\.png\): .*999/),
  ]);
  const network = await model();
  const sound = images().filter(({ name }) => name !== 'image-5.png' && name !== 'image-10.png');
  expect(found).toEqual(await dissect(network, sound, options));
  network.dispose();
  await expect(dissectInWorkers(faulty, options)).rejects.toThrow(/part \d of 4: image \d \(image-\d+\.png\)/);
});

test('a run that was aborted goes on with the parts that are done, and counts none twice', async () => {
  const store = folderStore(join(folder, 'resumed'));
  const controller = new AbortController();
  const reason = new Error('enough for today');
  const aborted = dissectInWorkers(
    { ...source, store },
    {
      ...options,
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'tally' && done > 6) controller.abort(reason);
      },
    },
  );
  await expect(aborted).rejects.toBe(reason);
  const before = await readdir(join(folder, 'resumed'));
  expect(before.filter((name) => name.startsWith('tail'))).toHaveLength(4);
  expect(before.filter((name) => name.startsWith('tally')).length).toBeLessThan(4);
  process.env['VITRINE_READINGS'] = join(folder, 'readings');
  const counted = { ...source, store, module: module('counted') };
  expect(await dissectInWorkers(counted, options)).toEqual(await inOneThread());
  const readings = [...(await readFile(join(folder, 'readings'), 'utf8'))];
  // Each part is counted; those whose tally is missing are read once more.
  const expected = [0, 1, 2, 3].flatMap((part) => (before.includes(`tally-${part}`) ? [part] : [part, part]));
  expect(readings.toSorted()).toEqual(expected.map(String));
});

test('parts of another run, and parts that are cut off, are refused', async () => {
  const path = join(folder, 'refused');
  const store = folderStore(path);
  await dissectInWorkers({ ...source, store }, options);
  await expect(dissectInWorkers({ ...source, store }, { ...options, quantile: 0.03 })).rejects.toThrow(
    /"store" expected "tail-\d" of this run, got that of another one/,
  );
  await truncate(join(path, 'tail-2'), 40);
  await expect(dissectInWorkers({ ...source, store }, options)).rejects.toThrow(
    '"store" expected "tail-2" to be a shard\'s result',
  );
  await rm(join(path, 'tail-2'));
  expect(await dissectInWorkers({ ...source, store }, options)).toEqual(await inOneThread());
});

test('what cannot be worked with', async () => {
  const run = (more: object, other: object = {}): Promise<unknown> =>
    dissectInWorkers({ ...source, ...more }, { ...options, ...other });
  await expect(run({ workers: 0 })).rejects.toThrow('"workers" expected');
  await expect(run({ shards: 1.5 })).rejects.toThrow('"shards" expected');
  await expect(run({ module: module('empty') })).rejects.toThrow('"module" expected an export model()');
  await expect(run({ module: module('nowhere') })).rejects.toThrow(/the model: .*nowhere/);
  await expect(run({}, { layers: ['third'] })).rejects.toThrow(
    '"layers" expected the address of a layer, got "third"; near: first',
  );
  await expect(run({}, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
});
