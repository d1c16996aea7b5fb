import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import type { Picture } from '../../src/image/types.ts';
import { findAccelerated } from '../support/accelerated.ts';
import { readFixture } from '../support/fixtures.ts';

const { browser: options } = await findAccelerated();
const inBrowser = test.skipIf('missing' in options);

let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  if ('missing' in options) return;
  browser = await chromium.launch(options);
  page = await browser.newPage();
  const bundle = { bundle: true, write: false, format: 'iife', globalName: 'image' } as const;
  const { outputFiles } = await build({ ...bundle, entryPoints: ['src/image/files/decodeImage.ts'] });
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
});

afterAll(() => browser?.close());

/** What the page makes of a file: the function is sent there as text. */
function decodedInPage(file: Uint8Array, { asFile = false } = {}): Promise<Picture> {
  return page.evaluate(
    async ([bytes, wrapped]) => {
      const content = Uint8Array.from(bytes);
      const { image } = globalThis as unknown as { image: { decodeImage(source: unknown): Promise<Picture> } };
      const decoded = await image.decodeImage(wrapped ? new File([content], 'photo') : content);
      return { ...decoded, data: [...decoded.data] as unknown as Picture['data'] };
    },
    [[...file], asFile] as const,
  );
}

/** The greatest difference of any number from what Pillow decodes. */
async function errorOf(name: string, decoded: Picture): Promise<number> {
  const expected = await decodeImage(await readFixture(`images/${name}.png`));
  expect([decoded.width, decoded.height]).toEqual([expected.width, expected.height]);
  return Math.max(...expected.data.map((value, i) => Math.abs(value - (decoded.data[i] as number))));
}

// Lossy formats leave the rounding of colours to the decoder.
inBrowser.each([
  ['lossless.webp', 0],
  ['profile.webp', 0],
  ['scene.bmp', 0],
  ['animated.gif', 0],
  ['lossy.webp', 2],
  ['scene.avif', 2],
  ['sideways.avif', 2],
])('decodeImage() of %s in a page gives the pixels of Pillow', async (name, tolerance) => {
  const file = await readFixture(`images/${name}`);
  expect(await errorOf(name, await decodedInPage(file))).toBeLessThanOrEqual(tolerance);
  expect(await errorOf(name, await decodedInPage(file, { asFile: true }))).toBeLessThanOrEqual(tolerance);
});

inBrowser('decodeImage() in a page keeps opacity, and colours as far as they are opaque', async () => {
  const { width, height, data } = await decodedInPage(await readFixture('images/translucent.webp'));
  const expected = await decodeImage(await readFixture('images/translucent.webp.png'));
  expect([width, height]).toEqual([expected.width, expected.height]);
  expected.data.forEach((value, i) => {
    const opacity = expected.data[i - (i % 4) + 3] as number;
    // A canvas holds colour × opacity / 255, rounded.
    const tolerance = i % 4 === 3 ? 0 : 0.5 + 128 / opacity;
    expect(Math.abs(value - (data[i] as number))).toBeLessThanOrEqual(tolerance);
  });
});

inBrowser('decodeImage() in a page without OffscreenCanvas takes an element', async () => {
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'OffscreenCanvas'));
  const decoded = await decodedInPage(await readFixture('images/lossless.webp'));
  expect(await errorOf('lossless.webp', decoded)).toBe(0);
});

inBrowser('decodeImage() in a page decodes PNG and JPEG as everywhere, and names what is none', async () => {
  const png = await readFixture('images/scene.bmp.png');
  const { data } = await decodedInPage(png);
  expect([...data]).toEqual([...(await decodeImage(png)).data]);
  const broken = (await readFixture('images/lossless.webp')).slice(0, 40);
  await expect(decodedInPage(broken)).rejects.toThrow('got a WebP file that is corrupt or unsupported: ');
  const unknown = decodedInPage(Uint8Array.of(1, 2, 3));
  await expect(unknown).rejects.toThrow(
    'got unknown data (3 bytes starting 01 02 03) that is corrupt or unsupported: ',
  );
  const many = page.evaluate(
    async (bytes) => {
      const { image } = globalThis as unknown as { image: { decodeImage(...call: unknown[]): Promise<Picture> } };
      await image.decodeImage(Uint8Array.from(bytes), { maxPixels: 3 });
    },
    [...(await readFixture('images/lossless.webp'))],
  );
  await expect(many).rejects.toThrow('expected a picture of at most 3 pixels (maxPixels), got a WebP file of ');
  const html = Uint8Array.from('<!doctype html>', (letter) => letter.charCodeAt(0));
  await expect(decodedInPage(html)).rejects.toThrow('"bytes" expected a PNG or JPEG file, got an HTML page');
  await expect(decodedInPage(new Uint8Array(0))).rejects.toThrow('got no bytes');
});
