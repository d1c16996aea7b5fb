import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import type { Picture } from '../../src/image/types.ts';
import { dissectionReport } from '../../src/render/dissectionReport/dissectionReport.ts';
import { reportData } from '../../src/render/dissectionReport/reportData.ts';
import { fitsQuery, sortedUnits, type UnitOrder } from '../../src/render/dissectionReport/unitList.ts';
import { maskedPicture } from '../../src/render/maskedPicture.ts';
import { findAccelerated } from '../support/accelerated.ts';
import { withFile } from '../support/openFile.ts';
import { inventedDissection, inventedGallery } from '../support/reported.ts';

const { browser: options } = await findAccelerated();
const inBrowser = test.skipIf('missing' in options);

const layers = { large: inventedDissection(2048, 5), 'small </script>': inventedDissection(12, 6) };
const gallery = inventedGallery(layers, 9);
const data = reportData(layers, gallery, 128);
let folder = '';
let path = '';
let browser: Browser | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-report-'));
  path = join(folder, 'report.html');
  await writeFile(path, dissectionReport({ layers, gallery }));
  if (!('missing' in options)) browser = await chromium.launch(options);
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

function opened(use: (page: Page) => Promise<void>): Promise<void> {
  return withFile(path, browser as Browser, { viewport: { width: 1200, height: 900 } }, use);
}

/** The units that the page should show. */
function expected(layer: number, order: UnitOrder, text = '', detectorsOnly = false): readonly number[] {
  return sortedUnits(data.layers[layer]?.units ?? [], order, data.categories)
    .filter((unit) => fitsQuery(unit, { text, detectorsOnly }))
    .map(({ unit }) => unit);
}

async function shown(page: Page): Promise<readonly number[]> {
  const texts = await page.locator('.card .unit').allTextContents();
  return texts.map((text) => Number(text.replace('unit ', '')));
}

async function elementCount(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('*').length);
}

inBrowser('2048 units are sorted, filtered and turned over in a document that stays small', () =>
  opened(async (page) => {
    expect(await shown(page)).toEqual(expected(0, 'label').slice(0, 48));
    expect(await page.locator('#status').textContent()).toBe('1 to 48 of 2048 units');
    for (const order of ['score', 'unit', 'label'] as const) {
      await page.getByLabel('Sort by').selectOption(order);
      expect(await shown(page)).toEqual(expected(0, order).slice(0, 48));
    }
    await page.getByRole('button', { name: 'Next' }).click();
    expect(await shown(page)).toEqual(expected(0, 'label').slice(48, 96));
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByLabel('Find').fill('door part');
    expect(await shown(page)).toEqual(expected(0, 'label', 'door part').slice(0, 48));
    await page.getByLabel('detectors only').check();
    const found = expected(0, 'label', 'door part', true);
    expect(await page.locator('#status').textContent()).toContain(`${found.length} units`);
    expect(await page.locator('.card.quiet').count()).toBe(0);
    await page.getByLabel('Find').fill('nothing of this name');
    expect(await page.locator('#status').textContent()).toBe('No unit fits.');
    await page.getByLabel('Find').fill('2047');
    await page.getByLabel('detectors only').uncheck();
    expect(await shown(page)).toEqual([2047]);
    await page.getByLabel('Find').fill('');
    expect(await elementCount(page)).toBeLessThan(4000);
  }),
);

inBrowser('pictures far below the window are not there yet', () =>
  opened(async (page) => {
    await page.waitForFunction(() => document.querySelector('.card image'));
    const filled = (): Promise<number> => page.evaluate(() => document.querySelectorAll('.card:has(image)').length);
    expect(await filled()).toBeLessThan(48);
    await page.locator('.card').last().scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector('.card:last-child image'));
  }),
);

inBrowser('the table has the numbers of the cards', () =>
  opened(async (page) => {
    await page.getByRole('combobox', { name: 'Layer' }).selectOption('small </script>');
    await page.getByLabel('View').selectOption('table');
    await page.getByLabel('Sort by').selectOption('score');
    const rows = await page
      .locator('#units tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].slice(0, 5).map((cell) => cell.textContent)));
    const { units } = layers['small </script>'];
    expect(rows).toEqual(
      expected(1, 'score').map((number) => {
        const match = data.layers[1]?.units[number]?.matches[0];
        const [iou, ceiling] = [units[number]?.best?.iou, units[number]?.best?.ceiling];
        return [`${number}`, match?.concept, match?.category, iou?.toFixed(3), ceiling?.toFixed(3)];
      }),
    );
    expect(await page.locator('h2:visible').allTextContents()).toEqual(['small </script>']);
  }),
);

inBrowser('a unit is enlarged and put away by keyboard', () =>
  opened(async (page) => {
    await page.getByLabel('Find').fill('17');
    const strip = page.getByRole('button', { name: 'Top images of unit 17, enlarged' });
    await strip.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Unit 17: / });
    expect(await dialog.getByRole('img').count()).toBe(9);
    expect(await dialog.locator('figcaption').first().textContent()).toBe('image 19, activation 10');
    expect(await dialog.locator('.shade').first().isVisible()).toBe(true);
    await dialog.getByLabel('mask').uncheck();
    expect(await dialog.locator('.shade').first().isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(false);
    expect(await strip.evaluate((button) => button === document.activeElement)).toBe(true);
  }),
);

inBrowser('one layer needs no menu of layers, and no pictures no strips', async () => {
  const single = join(folder, 'single.html');
  await writeFile(single, dissectionReport({ layers: { only: layers.large } }));
  await withFile(single, browser as Browser, { colorScheme: 'dark' }, async (page) => {
    expect(await page.locator('#layer').isVisible()).toBe(false);
    expect(await page.locator('#filter').isVisible()).toBe(true);
    expect(await page.locator('.strip').count()).toBe(0);
    expect(await page.locator('.card').count()).toBe(48);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(21, 23, 27)');
  });
});

inBrowser('what the browser draws is what maskedPicture gives', () =>
  opened(async (page) => {
    await page.getByLabel('Find').fill('3');
    await page.addStyleTag({
      content: '.masked { border-radius: 0 !important; } .card.quiet .masked { filter: none !important; }',
    });
    const masked = page.locator('.card .masked').first();
    await masked.waitFor();
    // One pixel of the picture to one of the screen.
    await masked.evaluate((svg: SVGElement) => {
      svg.style.cssText = 'position: fixed; z-index: 9; left: 0; top: 0; width: 24px; height: 24px';
      document.body.append(svg);
    });
    const screen = await decodeImage(await page.screenshot({ clip: { x: 0, y: 0, width: 24, height: 24 } }));
    const [top] = gallery.layers['large']?.units[3] ?? [];
    const threshold = layers.large.thresholds[3] as number;
    const wanted = maskedPicture(gallery.pictures[top?.image as number] as Picture, top?.map as never, { threshold });
    const furthest = wanted.data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (screen.data[i] as number))),
      0,
    );
    expect(furthest).toBeLessThanOrEqual(1);
  }),
);

inBrowser('controls have names, and the units are announced', () =>
  opened(async (page) => {
    for (const name of ['Layer', 'Sort by', 'View']) expect(await page.getByRole('combobox', { name }).count()).toBe(1);
    expect(await page.getByRole('searchbox', { name: 'Find' }).count()).toBe(1);
    expect(await page.getByRole('status').count()).toBe(1);
    expect(await page.getByRole('img', { name: /^Detectors by concept\./ }).count()).toBe(1);
    const unnamed = await page.evaluate(
      () => [...document.querySelectorAll('button, [role="img"]')].filter((e) => !e.textContent && !e.ariaLabel).length,
    );
    expect(unnamed).toBe(0);
  }),
);
