import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/**
 * Opens a file from disk in a browser that reaches no network, and hands the page over; an error in the page or anything
 * that it tries to load from elsewhere makes the call fail.
 */
export async function withFile<T>(
  path: string,
  browser: Browser,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const url = pathToFileURL(resolve(path)).href;
  const context = await browser.newContext({ ...options, offline: true });
  try {
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) wrong.push(`request of ${request.url()}`);
    });
    await page.goto(url);
    const result = await use(page);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    return result;
  } finally {
    await context.close();
  }
}
