import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { encodePng } from '../../src/image/files/encodePng.ts';
import { readPicture } from '../../src/node/readPicture.ts';

test('readPicture(path | file: URL)', async () => {
  const path = 'examples/images/chelsea.png';
  const picture = await readPicture(path);
  expect([picture.width, picture.height, picture.data.length]).toEqual([224, 224, 224 * 224 * 4]);
  for (const source of [pathToFileURL(path), pathToFileURL(path).href]) {
    expect((await readPicture(source)).data).toEqual(picture.data);
  }
});

test('readPicture(pixels that were written)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-'));
  const path = join(folder, 'two.png');
  const data = Uint8ClampedArray.of(1, 2, 3, 255, 250, 0, 128, 255);
  await writeFile(path, encodePng({ width: 2, height: 1, data }));
  expect(Array.from((await readPicture(path)).data)).toEqual([...data]);
  await rm(folder, { recursive: true });
});

test('readPicture(a file that is no picture or is not there) names it', async () => {
  await expect(readPicture('package.json')).rejects.toThrow(
    /^"package\.json" cannot be read: "bytes" expected a PNG or JPEG file/,
  );
  await expect(readPicture('none.png')).rejects.toThrow(/^"none\.png" cannot be read: ENOENT/);
});
