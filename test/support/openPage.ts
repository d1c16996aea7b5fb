import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium, type LaunchOptions } from 'playwright-core';

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves a folder, opens its index.html in a browser and returns what the page passes to `report`. */
export async function openPage(folder: string, launchOptions: LaunchOptions): Promise<string> {
  const server = await serve(folder);
  const browser = await chromium.launch({ ...launchOptions, headless: true });
  try {
    const page = await browser.newPage();
    let report = (_: string): void => {};
    const reported = new Promise<string>((resolve, reject) => {
      report = resolve;
      page.on('pageerror', reject);
      page.on('requestfailed', (request) => reject(new Error(`${request.url()} failed`)));
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

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(folder, path)).then(
      (data) => response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(data),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
