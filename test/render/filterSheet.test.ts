import { beforeAll, expect, test } from 'vitest';
import { filterParts } from '../../src/graph/filterParts.ts';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import type { PatternInference } from '../../src/graph/inference.ts';
import { inferPatterns } from '../../src/graph/inferPatterns.ts';
import { syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import type { ExplanatoryGraph } from '../../src/graph/types.ts';
import type { Picture } from '../../src/image/types.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { contactSheet } from '../../src/render/contactSheet.ts';
import { filterSheet } from '../../src/render/filterSheet.ts';

const { maps, truth } = syntheticPatterns({
  seed: 3,
  imageCount: 24,
  layers: [{ name: 'top', positions: 16, unitCount: 4 }],
});
let graph: ExplanatoryGraph;
let inference: PatternInference;

beforeAll(async () => {
  graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
  inference = await inferPatterns(graph, maps);
});

/** Every picture has a colour of its own. */
const pictures = Array.from({ length: 24 }, (_, image): Picture => {
  const data = new Uint8ClampedArray(160 * 160 * 4).map((_value, i) =>
    i % 4 === 3 ? 255 : i % 4 === 0 ? 10 * image : 0,
  );
  return { width: 160, height: 160, data };
});

test('a row for each part, with the images in which it is seen best', () => {
  const unit = truth['top']?.findIndex(({ parts }) => parts.length > 1) as number;
  const parts = filterParts(graph, inference)['top']?.[unit]?.parts ?? [];
  expect(parts.length).toBeGreaterThan(1);
  const sheet = filterSheet(graph, inference, { layer: 'top', unit, pictures, count: 3, size: 40 });
  const block = (image: number): Picture => ({
    width: 40,
    height: 40,
    data: (pictures[image] as Picture).data.slice(0, 40 * 40 * 4),
  });
  const cells = parts.flatMap(({ peaks, meanPosition: [row, column] }, i) =>
    peaks.slice(0, 3).map(({ image }, place) => ({
      picture: block(image),
      ...(place === 0 && { title: `part ${i + 1}`, subtitle: `about ${Math.round(row)}, ${Math.round(column)}` }),
    })),
  );
  const title = `top, filter ${unit}: ${parts.length} parts`;
  expect(sheet).toEqual(contactSheet(cells, { columns: 3, cellWidth: 96, title }));
});

test('what cannot be drawn', () => {
  const draw = (options: object): unknown =>
    filterSheet(graph, inference, { layer: 'top', unit: 0, pictures, ...options });
  expect(() => draw({ layer: 'bottom' })).toThrow('"layer" expected');
  expect(() => draw({ unit: 9 })).toThrow('"unit" expected a unit of "top" in the graph, got 9');
  expect(() => draw({ count: 0 })).toThrow('"count" expected');
  expect(() => draw({ pictures: pictures.slice(1) })).toThrow(
    '"pictures" expected the 24 images of the inference, got 23',
  );
  const small = { width: 2, height: 2, data: new Uint8ClampedArray(16) };
  expect(() => draw({ pictures: [small, ...pictures.slice(1)] })).toThrow('"pictures[0]" expected 160×160 pixels');
  expect(() => draw({ pictures: [null, ...pictures.slice(1)] })).toThrow(VitrineError);
});
