import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture } from '../../../src/image/picture.ts';
import { atlasPage } from '../../../src/render/visualization/atlasPage.ts';
import { dictionaryPage } from '../../../src/render/visualization/dictionaryPage.ts';
import { spriteSheet } from '../../../src/render/visualization/spriteSheet.ts';
import type { ActivationAtlas } from '../../../src/visualization/atlas/types.ts';
import type { SemanticDictionary } from '../../../src/visualization/reading/semanticDictionary.ts';
import { findAccelerated } from '../../support/accelerated.ts';
import { withFile } from '../../support/openFile.ts';

const { browser: options } = await findAccelerated();
const inBrowser = test.skipIf('missing' in options);

let folder = '';
let browser: Browser | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-pages-'));
  if (!('missing' in options)) browser = await chromium.launch(options);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

async function opened(
  html: string,
  use: (page: Page) => Promise<void>,
  look: BrowserContextOptions = {},
): Promise<void> {
  const path = join(folder, 'page.html');
  await writeFile(path, html);
  await withFile(path, browser as Browser, { viewport: { width: 1200, height: 900 }, ...look }, use);
}

const narrow = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const;

/** 2 × 3 positions with two of four units each; unit 3 is the first at the start. */
function dictionary(): SemanticDictionary {
  return {
    layer: 'conv</script>',
    units: { shape: [1, 2, 3, 2], data: Int32Array.of(0, 1, 1, 0, 2, 0, 0, 3, 3, 1, 2, 1) },
    values: { shape: [1, 2, 3, 2], data: Float32Array.of(4, 1, 3, 2, 2, 1, 5, 2, 8, 1, 1, 0) },
    greatest: Float32Array.of(5, 3, 2, 8),
    start: [[1, 1]],
  };
}

const seen = () => picture(30, 20, new Uint8ClampedArray(2400).fill(200));
const icons = () => {
  const pictures = [0, 1, 3].map((unit) => picture(4, 4, new Uint8ClampedArray(64).fill(60 * unit + 40)));
  return spriteSheet(pictures, { data: [0, 1, 3].map((unit) => ({ unit })) });
};

describe('the page of a dictionary', () => {
  const html = (): string =>
    dictionaryPage(dictionary(), { picture: seen(), icons: icons(), labels: ['zero', '<one>'] });

  test('begins at the greatest activation, without a script too', () => {
    const page = html();
    expect(page).toContain('Row 1, column 1');
    expect(page).toContain('<li><span>unit 3</span><b class="bar"><i style="width:100%"></i></b>');
    expect(page).toContain('<span>&lt;one&gt;</span>');
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toContain('<one>');
    expect(html()).toBe(page);
  });

  inBrowser('pointer and arrow keys move from position to position', () =>
    opened(html(), async (page) => {
      const names = async () => (await page.locator('#words button').allTextContents()).map((text) => text.trim());
      expect(await names()).toEqual(['unit 3', '<one>']);
      await page.locator('#photo').focus();
      await page.keyboard.press('ArrowUp');
      expect(await page.locator('#place').textContent()).toBe('Row 0, column 1');
      expect(await names()).toEqual(['<one>', 'zero']);
      await page.keyboard.press('ArrowUp');
      expect(await page.locator('#place').textContent()).toBe('Row 0, column 1');
      const box = (await page.locator('#photo').boundingBox()) as {
        x: number;
        y: number;
        width: number;
        height: number;
      };
      await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.8);
      expect(await page.locator('#place').textContent()).toBe('Row 1, column 2');
      expect(await names()).toEqual(['unit 2', '<one>']);
      // Unit 2 has no icon, the other one the second of three in a sheet of two columns.
      const styles = await page
        .locator('#words .icon')
        .evaluateAll((all) => all.map((one) => one.getAttribute('style')));
      expect(styles).toEqual(['background-image:none', 'background-size:200% 200%;background-position:100% 0%']);
      expect(await page.locator('#frame').getAttribute('style')).toMatch(/left: 66\.6\d*%; top: 50%/);
    }),
  );

  inBrowser('a unit marks where else it is listed', () =>
    opened(html(), async (page) => {
      const shades = () =>
        page.locator('#marks').evaluate((canvas) => {
          const context = (canvas as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
          const { data } = context.getImageData(0, 0, 3, 2);
          return Array.from(data).filter((_, i) => i % 4 === 3);
        });
      expect(await shades()).toEqual([0, 0, 0, 0, 0, 0]);
      await page.getByRole('button', { name: 'unit 3' }).click();
      expect(await page.getByRole('button', { name: 'unit 3' }).getAttribute('aria-pressed')).toBe('true');
      const marked = await shades();
      expect(marked[4]).toBe(0);
      expect(marked[3]).toBeGreaterThan(100);
      expect(marked[0]).toBeGreaterThan(marked[3] as number);
      await page.getByRole('button', { name: 'unit 3' }).click();
      await page.mouse.move(0, 0);
      await page.locator('#photo').focus();
      expect(await shades()).toEqual([0, 0, 0, 0, 0, 0]);
    }),
  );

  inBrowser('fits a narrow screen', () =>
    opened(
      html(),
      async (page) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
        expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(21, 23, 27)');
      },
      narrow,
    ),
  );

  test.each([
    [{}, '"picture" expected'],
    [{ picture: seen(), example: 1 }, '"example" expected one of 1, from 0, got 1'],
    [{ picture: seen(), icons: spriteSheet([seen()]) }, '"icons" expected a sheet of spriteSheet with data'],
    [{ picture: seen(), labels: 'a' }, '"labels" expected a list'],
  ])('refuses %#', (wrong, message) => {
    expect(() => dictionaryPage(dictionary(), wrong as never)).toThrow(message);
    expect(() => dictionaryPage({} as never, { picture: seen() })).toThrow('"dictionary.layer" expected a text');
  });
});

/** Nine cells of a grid of four, the last ones without a label. */
function atlas(): ActivationAtlas {
  const cells = Array.from({ length: 9 }, (_, i) => ({
    row: Math.floor(i / 3),
    column: i % 3,
    count: 5 + 4 * i,
    images: [],
    direction: { layer: 'conv', vector: [1] },
    picture: i,
    ...(i < 7 && { label: { class: i % 2, attribution: i, ...(i % 2 === 0 && { name: 'a <cat>' }) } }),
  }));
  return {
    layer: 'conv',
    grid: 4,
    cells,
    icons: { shape: [9, 2, 2, 3], data: Float32Array.from({ length: 108 }, (_, i) => Math.floor(i / 12) / 9) },
    objective: new Float32Array(9),
    layout: { shape: [1, 2], data: new Float32Array(2) },
    warnings: [],
    seed: 0,
  };
}

describe('the page of an atlas', () => {
  test('has its cells and a table without a script', () => {
    const page = atlasPage(atlas());
    expect(page.match(/<div class="cell"/g)).toHaveLength(9);
    expect(page).toContain('left:25%;top:50%;--share:0.944');
    expect(page).toContain('9 cells, 189 images');
    expect(page).toContain('<td>a &lt;cat&gt;</td><td class="number">4</td>');
    expect(page).toContain('<td>–</td>');
    expect(page).not.toContain('<cat>');
    expect(atlasPage(atlas())).toBe(page);
  });

  inBrowser('keys, buttons, the wheel and dragging move and enlarge it', () =>
    opened(atlasPage(atlas()), async (page) => {
      const view = () =>
        page.locator('#plane').evaluate((plane) => {
          const { a, e, f } = new DOMMatrix(getComputedStyle(plane).transform);
          return [a, Math.round(e), Math.round(f)];
        });
      const { width } = (await page.locator('#map').boundingBox()) as { width: number };
      const inner = width - 2;
      expect(await view()).toEqual([1, 0, 0]);
      await page.getByLabel('Zoom in').click();
      expect(await view()).toEqual([1.5, Math.round(-inner / 4), Math.round(-inner / 4)]);
      await page.locator('#map').focus();
      await page.keyboard.press('ArrowLeft');
      expect((await view())[1]).toBe(Math.round(-inner / 8));
      for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
      expect((await view())[1]).toBe(0);
      await page.keyboard.press('0');
      expect(await view()).toEqual([1, 0, 0]);
      await page.locator('#map').hover();
      await page.mouse.wheel(0, -300);
      await expect.poll(async () => (await view())[0]).toBeGreaterThan(1.5);
      const before = await view();
      await page.mouse.down();
      await page.mouse.move(500, 400);
      await page.mouse.up();
      expect(await view()).not.toEqual(before);
      await page.getByRole('button', { name: 'Show all' }).click();
      expect(await view()).toEqual([1, 0, 0]);
      for (let i = 0; i < 12; i++) await page.getByLabel('Zoom in').click();
      expect((await view())[0]).toBe(12);
    }),
  );

  inBrowser('labels never hide each other, and a class can be singled out', () =>
    opened(atlasPage(atlas()), async (page) => {
      const boxes = () =>
        page.locator('.label.shown').evaluateAll((all) =>
          all.map((one) => {
            const { left, right, top, bottom } = one.getBoundingClientRect();
            return { left, right, top, bottom };
          }),
        );
      for (let zoom = 0; zoom < 3; zoom++) {
        const shown = await boxes();
        expect(shown.length).toBeGreaterThan(2);
        shown.forEach((a, i) => {
          for (const b of shown.slice(i + 1)) {
            expect(a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top).toBe(true);
          }
        });
        await page.getByLabel('Zoom in').click();
      }
      await page.getByLabel('Class').selectOption('class 1');
      expect(await page.locator('#status').textContent()).toBe('3 cells of class 1');
      expect(await page.locator('.cell.quiet').count()).toBe(6);
      await page.getByText('The cells as a table').click();
      await page.getByRole('button', { name: '2, 1' }).click();
      expect(await page.locator('#status').textContent()).toBe('row 2, column 1: 33 images');
      const cell = (await page.locator('.cell.found').boundingBox()) as { x: number; width: number };
      const map = (await page.locator('#map').boundingBox()) as { x: number; width: number };
      expect(Math.abs(cell.x + cell.width / 2 - map.x - map.width / 2)).toBeLessThan(2);
    }),
  );

  inBrowser('fits a narrow screen', () =>
    opened(
      atlasPage(atlas(), { text: 'Words.' }),
      async (page) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      },
      narrow,
    ),
  );

  test('refuses what is no atlas', () => {
    expect(() => atlasPage({} as never)).toThrow('"atlas.layer" expected a text');
    expect(() => atlasPage({ ...atlas(), cells: [] })).toThrow('"atlas.cells" expected a list with elements');
    const icons = { shape: [8, 2, 2, 3], data: new Float32Array(96) };
    expect(() => atlasPage({ ...atlas(), icons })).toThrow(
      '"atlas.cells[8].picture" expected an integer in 0..7, got 8',
    );
    expect(() => atlasPage(atlas(), { titel: 'a' } as never)).toThrow('"options" expected some of title');
  });
});
