import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import { encodePng } from '../../src/image/files/encodePng.ts';
import type { Picture } from '../../src/image/types.ts';
import { packedModels } from '../support/archive.ts';

// The README's first example says that it takes a model and a photo of one's own.
const folder = resolve('.cache/own-model');
const [, example = ''] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync('README.md', 'utf8')) ?? [];
const photo = stripes(61, 40);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'photo.png'), encodePng(photo));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const models = [
  { name: 'keras3/transfer-learning-rescaling', scale: 'mean: 0, std: 1' },
  { name: 'keras2/teachable-machine', scale: 'preprocessing: preprocessing.teachableMachine' },
];

test.each(models)('README’s first example with $name and a photo of 61 × 40', async ({ name, scale }) => {
  const model = (await packedModels('special.zip')).find(
    (packed) => packed.name === name && packed.file === 'model.keras',
  );
  if (!model) throw new Error(`no ${name}`);
  const file = `${name.replace('/', '-')}.keras`;
  writeFileSync(join(folder, file), await model.bytes('model.keras'));
  const own = Object.entries({
    'examples/models/efficientnet-lite0/model.json': join(folder, file),
    'examples/images/chelsea.png': join(folder, 'photo.png'),
    'size: 224, mean: 127, std: 128': `size: 32, ${scale}`,
    'out/grad-cam.png': join(folder, `${file}.png`),
    'overlay, toInput': 'overlay, preprocessing, toInput',
  }).reduce((code, [text, replacement]) => replaced(code, text, replacement), example);
  const path = join(folder, `${file}.ts`);
  writeFileSync(path, own);
  await import(/* @vite-ignore */ path);
  const seen = await decodeImage(readFileSync(join(folder, `${file}.png`)));
  expect([seen.width, seen.height]).toEqual([61, 40]);
  // The model saw the middle 40 × 40 pixels.
  const changed = changedColumns(seen);
  expect(changed.length).toBeGreaterThan(10);
  expect(Math.min(...changed)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...changed)).toBeLessThan(51);
});

function replaced(code: string, text: string, replacement: string): string {
  if (!code.includes(text)) throw new Error(`README's first example has no "${text}"`);
  return code.replaceAll(text, replacement);
}

function changedColumns({ data }: Picture): readonly number[] {
  const columns = Array.from({ length: photo.width }, (_, column) => column);
  return columns.filter((column) => {
    const pixels = Array.from({ length: photo.height }, (_, row) => 4 * (row * photo.width + column));
    return pixels.some((start) => [0, 1, 2].some((c) => data[start + c] !== photo.data[start + c]));
  });
}

function stripes(width: number, height: number): Picture {
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => {
    const [row, column] = [Math.floor(i / 4 / width), Math.floor(i / 4) % width];
    return i % 4 === 3 ? 255 : 128 + 100 * Math.sin((row * (1 + (i % 4)) + column) / 4);
  });
  return { width, height, data };
}
