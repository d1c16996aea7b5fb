import { chromium, type Page } from 'playwright-core';
import { decodeImage, type Picture } from 'vitrine';
import { findAccelerated } from '../../test/support/accelerated.ts';
import { withFile } from '../../test/support/openFile.ts';

/** The upper part of a page on disk, as a browser shows it once something was done there. */
export async function pageShot(path: string, prepare: (page: Page) => Promise<unknown>): Promise<Picture> {
  const { browser: options } = await findAccelerated();
  if ('missing' in options) throw new Error(options.missing);
  const browser = await chromium.launch(options);
  const look = { viewport: { width: 1240, height: 1230 }, colorScheme: 'light' } as const;
  try {
    return await withFile(path, browser, look, async (page) => {
      await prepare(page);
      return decodeImage(await page.screenshot());
    });
  } finally {
    await browser.close();
  }
}
