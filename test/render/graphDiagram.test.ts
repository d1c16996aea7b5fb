import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import type { PatternInference } from '../../src/graph/inference.ts';
import { inferPatterns } from '../../src/graph/inferPatterns.ts';
import { patternPatches } from '../../src/graph/patternPatches.ts';
import { syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import type { ExplanatoryGraph } from '../../src/graph/types.ts';
import type { Picture } from '../../src/image/types.ts';
import { graphDiagram } from '../../src/render/graphDiagram/graphDiagram.ts';
import { findAccelerated } from '../support/accelerated.ts';

const name = 'top</script><b>&"';
let graph: ExplanatoryGraph;
let inference: PatternInference;
const pictures = Array.from(
  { length: 4 },
  (_, i): Picture => ({ width: 32, height: 32, data: new Uint8ClampedArray(32 * 32 * 4).fill(60 * i + 40) }),
);

beforeAll(async () => {
  const { maps } = syntheticPatterns({
    imageCount: 5,
    imageSize: 64,
    layers: [
      { name: 'low', positions: 8, unitCount: 2 },
      { name, positions: 4, unitCount: 2 },
    ],
  });
  graph = await fitExplanatoryGraph(maps, { layers: ['low', name], patternsPerFilter: 3, neighbours: 2 });
  inference = await inferPatterns(graph, maps);
});

/** The data that a page carries. */
function dataOf(html: string): {
  layers: { name: string; nodes: { neighbours: number[]; patches: number[][] }[] }[];
  pictures: { source: string }[];
  scales: number[][];
} {
  const [, text = ''] = /id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(text);
}

test('holds all nodes and their patches, loads nothing, and escapes names', () => {
  const html = graphDiagram(graph, { inference, pictures, count: 2, size: 16, title: '<i>' });
  expect(html.match(/class="node"/g)).toHaveLength(12);
  expect(html).not.toMatch(/<b>|<i>|src="http|url\(|@import/);
  const { layers, scales } = dataOf(html);
  expect(layers.map((layer) => layer.name)).toEqual([name, 'low']);
  expect(scales).toEqual(new Array(4).fill([0.5, 0.5]));
  const [first] = patternPatches(graph, inference, { layer: 'low', nodes: [0], count: 2, size: 16 });
  const shown = first?.filter(({ image }) => image < 4);
  expect(layers[1]?.nodes[0]?.patches).toEqual(
    shown?.map(({ image, box: { rows, columns } }) => [
      ...[image, rows[0], columns[0]],
      ...[rows[1] - rows[0] + 1, columns[1] - columns[0] + 1],
    ]),
  );
  expect(layers[1]?.nodes[0]?.neighbours).toEqual(graph.layers[0]?.nodes[0]?.neighbours);
  expect(dataOf(graphDiagram(graph)).pictures).toEqual([]);
  expect(() => graphDiagram(graph, { count: 0 })).toThrow('"count"');
  expect(() => graphDiagram({ ...graph, version: 2 as 1 })).toThrow('"graph" expected version 1');
  expect(() => graphDiagram(graph, { pictures: [{} as Picture] })).toThrow('pictures[0]');
});

test('of photos, the part that the model saw is shown', () => {
  const photo: Picture = { width: 80, height: 32, data: new Uint8ClampedArray(80 * 32 * 4).fill(10) };
  const middle = { top: 0, left: 24, height: 32, width: 32 };
  photo.data.forEach((_, i) => {
    const column = Math.floor(i / 4) % 80;
    if (column >= middle.left && column < middle.left + middle.width) photo.data[i] = 200;
  });
  const { pictures: shown, scales } = dataOf(graphDiagram(graph, { inference, pictures: [photo], size: 16 }));
  expect(scales).toEqual([[0.5, 0.5]]);
  const flat: Picture = { width: 32, height: 32, data: new Uint8ClampedArray(32 * 32 * 4).fill(200) };
  expect(shown).toEqual(dataOf(graphDiagram(graph, { inference, pictures: [flat], size: 16 })).pictures);
});

const { browser } = await findAccelerated();

describe.skipIf('missing' in browser)('in a browser, from the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graph-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a click shows patches, neighbours and lines; a neighbour can be followed', async () => {
    if ('missing' in browser) return;
    const path = join(folder, 'graph.html');
    writeFileSync(path, graphDiagram(graph, { inference, pictures, count: 2, size: 16 }));
    const chrome = await chromium.launch({ ...browser, headless: true });
    try {
      const page = await chrome.newPage();
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) wrong.push(request.url());
      });
      await page.goto(`file://${path}`);
      await page.click('[data-layer="1"][data-node="0"]');
      const [above, patches] = [
        graph.layers[0]?.nodes[0]?.neighbours ?? [],
        dataOf(await page.content()).layers[1]?.nodes[0]?.patches,
      ];
      expect(await page.locator('.graph line').count()).toBe(above.length);
      expect(await page.locator('.node.linked').count()).toBe(above.length);
      expect(await page.locator('.patches canvas').count()).toBe(patches?.length);
      await page.click('.detail button.to');
      expect(await page.locator('.node.chosen').getAttribute('data-node')).toBe(String(above[0]));
      const below = graph.layers[0]?.nodes.filter(({ neighbours }) => neighbours.includes(above[0] as number)).length;
      expect(await page.locator('.graph line').count()).toBe(below);
      if (process.env['SHOT']) await page.screenshot({ path: process.env['SHOT'] });
      expect(wrong).toEqual([]);
    } finally {
      await chrome.close();
    }
  });
});
