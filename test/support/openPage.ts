import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium, type LaunchOptions } from 'playwright-core';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** The headers by which a page is isolated from others, so that it may start threads. */
export const isolated: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/**
 * Serves a folder, opens its index.html in a browser and returns what the page passes to `report`.
 *
 * @param headers of all that is served.
 */
export async function openPage(
  folder: string,
  launchOptions: LaunchOptions,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const server = await serve(folder, headers);
  const browser = await chromium.launch({ ...launchOptions, headless: true });
  try {
    const page = await browser.newPage();
    let report = (_: string): void => {};
    const reported = new Promise<string>((resolve, reject) => {
      report = resolve;
      page.on('pageerror', reject);
      page.on('requestfailed', (request) => {
        // A page may end a worker before its program is loaded.
        if (!request.url().startsWith('blob:')) reject(new Error(`${request.url()} failed`));
      });
    });
    // Until it is waited for below.
    reported.catch(() => {});
    // A quick page calls it at once.
    await page.exposeFunction('report', report);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
    return await reported;
  } finally {
    await browser.close();
    server.close();
  }
}

async function serve(folder: string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(folder, path)).then(
      (data) => response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(data),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
