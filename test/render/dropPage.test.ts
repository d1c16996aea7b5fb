import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPage } from '../../examples/drop/buildPage.ts';
import { findAccelerated } from '../support/accelerated.ts';
import { withFile } from '../support/openFile.ts';

const { browser: options } = await findAccelerated();
const inBrowser = test.skipIf('missing' in options);
const fixtures = 'test/fixtures/keras';
const photo = 'examples/images/coffee.png';
const explained = /^class \d+: [\d.-]+, seen at /;

let folder = '';
let browser: Browser | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-drop-'));
  await writeFile(join(folder, 'drop.html'), await buildPage());
  if (!('missing' in options)) browser = await chromium.launch(options);
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

function opened(use: (page: Page) => Promise<void>): Promise<void> {
  return withFile(join(folder, 'drop.html'), browser as Browser, {}, use);
}

/** What the page says when it is done with what it got. */
async function statusAfter(page: Page, action: () => Promise<void>): Promise<string> {
  const before = await page.locator('#status').textContent();
  await action();
  await page.waitForFunction(
    (former) => {
      const status = document.getElementById('status')?.textContent ?? '';
      return status !== former && !status.endsWith('…');
    },
    before,
    { timeout: 60_000 },
  );
  return (await page.locator('#status').textContent()) ?? '';
}

/** How many colours the middle of the canvas has: none before anything is drawn. */
async function paintedColours(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.getElementById('map') as HTMLCanvasElement;
    if (canvas.width === 0) return 0;
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
      0,
      0,
      canvas.width,
      canvas.height,
    );
    return new Set(Array.from({ length: data.length / 4 }, (_, i) => `${data.subarray(4 * i, 4 * i + 3)}`)).size;
  });
}

// A page of a file has no server to ask: withFile() fails where one is asked.
inBrowser('a .keras file and a photo dropped into a page are explained, with no server', () =>
  opened(async (page) => {
    const files = await page.evaluateHandle(() => new DataTransfer());
    for (const path of [`${fixtures}/keras3/residual/model.keras`, photo]) await addFile(page, files, path);
    const status = await statusAfter(page, () => page.dispatchEvent('#place', 'drop', { dataTransfer: files }));
    expect(status).toMatch(explained);
    expect(await paintedColours(page)).toBeGreaterThan(1000);
  }),
);

inBrowser('the files of a model.json chosen together, and then a photo', () =>
  opened(async (page) => {
    const model = `${fixtures}/applications/vgg`;
    const files = [`${model}/model.json`, `${model}/group1-shard1of1.bin`];
    expect(await statusAfter(page, () => page.setInputFiles('#files', files))).toBe('A model. Now a photo.');
    expect(await statusAfter(page, () => page.setInputFiles('#files', photo))).toMatch(explained);
  }),
);

inBrowser('what is no model is refused in the page', () =>
  opened(async (page) => {
    const file = { name: 'notes.keras', mimeType: '', buffer: Buffer.from('no model at all') };
    expect(await statusAfter(page, () => page.setInputFiles('#files', file))).toMatch(/^"notes.keras" expected/);
  }),
);

async function addFile(page: Page, files: unknown, path: string): Promise<void> {
  const name = path.split('/').at(-1) as string;
  await page.evaluate(
    ([list, bytes, title]) => {
      const type = title.endsWith('.png') ? 'image/png' : '';
      (list as DataTransfer).items.add(new File([Uint8Array.from(bytes as number[])], title as string, { type }));
    },
    [files, [...(await readFile(path))], name] as const,
  );
}
