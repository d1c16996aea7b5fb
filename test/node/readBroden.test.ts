import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBroden } from '../../src/node/readBroden.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { brodenFiles } from '../support/brodenFiles.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-'));
  for (const [name, bytes] of brodenFiles()) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('readBroden(path | file: URL)', async () => {
  for (const directory of [folder, pathToFileURL(folder), pathToFileURL(folder).href]) {
    const { dataset, concepts, count } = await readBroden(directory, {
      split: 'train',
      input: { size: 4, range: [0, 1] },
    });
    expect([concepts.length, count]).toEqual([11, 3]);
    const images: LabelledImage[] = [];
    for await (const image of dataset()) images.push(image);
    expect(images.map(({ name, planes, scalars }) => [name, planes.shape[0], scalars])).toEqual([
      ['set/a.png', 5, [10, 6, 7, 8]],
      ['set/c.png', 1, [8]],
      ['set/d.png', 2, []],
    ]);
  }
});

test('readBroden(missing files) names them', async () => {
  await unlink(join(folder, 'images/set/a.png'));
  const { dataset } = await readBroden(folder, { input: { range: [0, 1] } });
  await expect(dataset().next()).rejects.toThrow('image 0 (set/a.png): "images/set/a.png" cannot be read: ENOENT');
  await expect(readBroden(join(folder, 'images'), { input: { range: [0, 1] } })).rejects.toThrow(
    '"category.csv" cannot be read: ENOENT',
  );
});
