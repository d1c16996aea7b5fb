import { chromium } from 'playwright-core';
import { decodeImage, type Picture } from 'vitrine';
import { findAccelerated } from '../../test/support/accelerated.ts';
import { withFile } from '../../test/support/openFile.ts';

/** The upper part of a page on disk, as a browser shows it, after some of its menus were set. */
export async function pageShot(path: string, menus: Readonly<Record<string, string>>): Promise<Picture> {
  const { browser: options } = await findAccelerated();
  if ('missing' in options) throw new Error(options.missing);
  const browser = await chromium.launch(options);
  const look = { viewport: { width: 1240, height: 1230 }, colorScheme: 'light' } as const;
  try {
    return await withFile(path, browser, look, async (page) => {
      for (const [id, value] of Object.entries(menus)) await page.locator(`#${id}`).selectOption(value);
      await page.waitForFunction(() => document.querySelectorAll('.strip image').length > 0);
      return decodeImage(await page.screenshot());
    });
  } finally {
    await browser.close();
  }
}
