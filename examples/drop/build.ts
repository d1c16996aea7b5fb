import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { buildPage } from './buildPage.ts';

// `npm run example:drop`: a page in one file that explains dropped models; it needs no server and no network.
const path = 'out/drop.html';
await mkdir('out', { recursive: true });
await writeFile(path, await buildPage());
const { length } = await readFile(path);
console.log(`${path}, ${(length / 2 ** 20).toFixed(1)} MB: open it in a browser and drop a model and a photo`);
