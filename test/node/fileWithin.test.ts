import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderStore } from '../../src/node/folderStore.ts';
import { readBroden } from '../../src/node/readBroden.ts';
import { brodenFiles } from '../support/brodenFiles.ts';

let root = '';
let folder = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-'));
  folder = join(root, 'inside');
  await mkdir(folder);
  await writeFile(join(root, 'secret'), 'secret');
});

afterEach(() => rm(root, { recursive: true }));

const leading = ['../secret', 'a/../../secret', '..', '.', '', 'a/..', '/etc/hostname', 'a\0b'];

test.each(leading)('folderStore() neither reads nor writes %j', async (name) => {
  const store = folderStore(folder);
  const refusal = /"name" expected a file in the store, got .*: it (lies outside of the folder|holds a zero byte)/;
  await expect(store.get(name)).rejects.toThrow(refusal);
  await expect(store.set(name, Uint8Array.of(1))).rejects.toThrow(refusal);
  expect(await readFile(join(root, 'secret'), 'utf8')).toBe('secret');
});

test.each(['name', 'a/b', 'a/../name', '..name', '.hidden', 'ä ö'])('folderStore() keeps %j', async (name) => {
  const store = folderStore(folder);
  expect(await store.get(name)).toBeUndefined();
  await store.set(name, Uint8Array.of(1, 2));
  expect([...((await store.get(name)) ?? [])]).toEqual([1, 2]);
});

test('folderStore() follows links', async () => {
  await symlink(join(root, 'secret'), join(folder, 'link'));
  expect(new TextDecoder().decode(await folderStore(folder).get('link'))).toBe('secret');
});

test('readBroden() refuses images elsewhere, by their names', async () => {
  for (const [name, bytes] of brodenFiles()) {
    const text = new TextDecoder().decode(bytes);
    const led = name === 'index.csv' ? text.replace('set/a.png', '../../../secret') : bytes;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), led);
  }
  const { dataset } = await readBroden(folder, { input: { range: [0, 1] } });
  await expect(dataset().next()).rejects.toThrow(
    `"images/../../../secret" cannot be read: it lies outside of the folder "${folder}"`,
  );
});
