import { expect, test } from 'vitest';
import { outputOf } from '../../scripts/run.ts';
import type { TopImage } from '../../src/dissection/images/topImages.ts';
import type { LayerGallery } from '../../src/dissection/images/unitGallery.ts';
import type { ConceptMatch, Dissection } from '../../src/dissection/types.ts';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import type { Picture } from '../../src/image/types.ts';
import { filterInterpretability } from '../../src/metrics/units/filterInterpretability.ts';
import { conceptChart } from '../../src/render/dissectionReport/conceptChart.ts';
import { dissectionReport } from '../../src/render/dissectionReport/dissectionReport.ts';
import { layerChart } from '../../src/render/dissectionReport/layerChart.ts';
import { maskPath } from '../../src/render/dissectionReport/maskRuns.ts';
import type { ReportData, ReportPicture, ReportUnit } from '../../src/render/dissectionReport/reportData.ts';
import { fitsQuery, sortedUnits } from '../../src/render/dissectionReport/unitList.ts';
import { maskedPicture } from '../../src/render/maskedPicture.ts';
import { inventedDissection, inventedGallery } from '../support/reported.ts';

const layers = { conv1: inventedDissection(40, 1), conv2: inventedDissection(60, 2) };
const gallery = inventedGallery(layers, 3);

function dataOf(html: string): ReportData {
  const [, json] = html.match(/<script type="application\/json" id="data">(.*?)<\/script>/s) as RegExpMatchArray;
  return JSON.parse(json as string) as ReportData;
}

/** The names of all elements, after each closed what it opened. */
function elements(html: string): readonly string[] {
  const open: string[] = [];
  const names: string[] = [];
  const bare = html.replaceAll(/(<(script|style)[^>]*>).*?(<\/\2>)/gs, '$1$3');
  for (const [, slash, name, closed] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (slash) expect(open.pop()).toBe(name);
    else {
      names.push(name as string);
      if (!closed && !['meta', 'input'].includes(name as string)) open.push(name as string);
    }
  }
  expect(open).toEqual([]);
  return names;
}

test('a page of everything: charts, sentence, controls, units', () => {
  const html = dissectionReport({ layers, gallery, title: 'Two layers', text: 'One.\n\nTwo.', language: 'en-GB' });
  const names = elements(html);
  expect(html.startsWith('<!DOCTYPE html>\n<html lang="en-GB">')).toBe(true);
  // Two of layers, one for each layer.
  expect(names.filter((name) => name === 'svg')).toHaveLength(4);
  expect(names.filter((name) => name === 'script')).toHaveLength(2);
  expect(html).toContain('<h1>Two layers</h1>\n<p>One.</p>\n<p>Two.</p>');
  for (const [name, dissection] of Object.entries(layers)) {
    const { argmax, perCategory } = dissection.uniqueDetectors;
    expect(html).toContain(`<h2>${name}</h2>`);
    expect(html).toContain(
      `<b>${dissection.detectors} of ${dissection.units.length} units find ${argmax.total} unique concepts with IoU &gt; 0.04</b>, in 20 images. `,
    );
    expect(html).toContain(
      `${argmax.total} with one concept to a unit (argmax), ${perCategory.total} with one to a unit in every category`,
    );
    expect(dissection.detectors).toBeGreaterThan(5);
  }
});

test('nothing is loaded', () => {
  const html = dissectionReport({ layers, gallery });
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<link|@import|url\(|\bfetch\(|src=/);
});

test('the same arguments give the same bytes', () => {
  expect(dissectionReport({ layers, gallery })).toBe(dissectionReport({ layers, gallery }));
});

test('the units are those of the dissection, numbered from 0, each picture is there once', async () => {
  const { layers: found, pictures } = dataOf(dissectionReport({ layers, gallery }));
  expect(found.map(({ name }) => name)).toEqual(['conv1', 'conv2']);
  for (const { name, units } of found) {
    const dissection = layers[name as keyof typeof layers];
    expect(units.map(({ unit }) => unit)).toEqual([...dissection.thresholds.keys()]);
    units.forEach(({ unit, threshold, detector, matches, images }) => {
      const original = dissection.units[unit] as Dissection['units'][number];
      expect({ threshold, detector }).toEqual({ threshold: original.threshold, detector: original.detector });
      expect(matches.map(({ iou, ceiling }) => [iou, ceiling])).toEqual(
        Object.values(original.byCategory)
          .sort((a, b) => b.iou - a.iou)
          .map(({ iou, ceiling }) => [iou, ceiling]),
      );
      expect(matches[0]?.category).toBe(original.best?.category);
      expect(images.map(({ image }) => image)).toEqual(gallery.layers[name]?.units[unit]?.map(({ image }) => image));
    });
  }
  expect(Object.keys(pictures)).toHaveLength(20);
  const bytes = Buffer.from((pictures[3] as ReportPicture).source.replace('data:image/png;base64,', ''), 'base64');
  expect((await decodeImage(bytes)).data).toEqual(gallery.pictures[3]?.data);
});

test('the masks are those of maskedPicture', () => {
  const { layers: found } = dataOf(dissectionReport({ layers, gallery }));
  const counts = found.flatMap(({ name, units }) =>
    units.flatMap(({ unit, threshold, images }) =>
      images.map(({ image, mask }, i) => {
        const lit = mask.filter((_, run) => run % 2 === 1).reduce((sum, length) => sum + length, 0);
        const top = (gallery.layers[name] as LayerGallery).units[unit]?.[i] as TopImage;
        const shown = maskedPicture(whiteLike(gallery.pictures[image] as Picture), top.map, { threshold });
        expect(lit).toBe(shown.data.filter((value, at) => at % 4 === 0 && value === 255).length);
        return lit;
      }),
    ),
  );
  expect(new Set(counts).size).toBeGreaterThan(20);
});

function whiteLike({ width, height }: Picture): Picture {
  return { width, height, data: new Uint8ClampedArray(width * height * 4).fill(255) };
}

test('large pictures are made smaller, with the masks', () => {
  const { pictures, layers: found } = dataOf(dissectionReport({ layers, gallery, pictureSize: 12 }));
  expect([pictures[0]?.width, pictures[0]?.height]).toEqual([12, 12]);
  const full = found[0]?.units[0]?.images[0]?.mask.reduce((sum, length) => sum + length, 0) as number;
  expect(full).toBeLessThanOrEqual(144);
});

test('text is harmless wherever it comes from', () => {
  const evil = `</script><img src=x onerror=alert(1)>"'&<!--`;
  const dissection = inventedDissection(30, 3);
  const rename = <T extends { concept: string; category: string }>(match: T): T => ({
    ...match,
    concept: evil,
    category: evil,
  });
  const named: Dissection = {
    ...dissection,
    categories: [evil, ...dissection.categories.slice(1)],
    units: dissection.units.map((unit) => ({
      ...unit,
      best: unit.best && rename(unit.best),
      byCategory: Object.fromEntries(
        Object.values(unit.byCategory).map((match): [string, ConceptMatch] => [evil, rename(match)]),
      ),
    })),
  };
  const html = dissectionReport({ layers: { [evil]: named, b: named }, title: evil, text: evil, language: evil });
  expect(html).not.toContain('<img');
  expect(html).not.toContain('<!--');
  expect(elements(html).filter((name) => name === 'script')).toHaveLength(2);
  expect(dataOf(html).layers[0]?.units.find(({ detector }) => detector)?.matches[0]?.concept).toBe(evil);
  expect(layerChart({ [evil]: named })).not.toContain('<img');
});

test('2048 units: the page is small beside its pictures, and none of them is in the document', () => {
  const many = { large: inventedDissection(2048, 4) };
  const html = dissectionReport({ layers: many, gallery: inventedGallery(many, 9) });
  expect(dataOf(html).layers[0]?.units).toHaveLength(2048);
  expect(elements(html).length).toBeLessThan(200);
  expect(html.length).toBeLessThan(8e6);
});

test('labels have no marks of the data set', () => {
  const { layers: found } = dataOf(dissectionReport({ layers }));
  const labels = new Set(found.flatMap(({ units }) => units.flatMap(({ matches }) => matches.map((m) => m.concept))));
  expect([...labels].sort()).toEqual(
    ['beach house', 'blue', 'door', 'house', 'red', 'sky', 'street', 'tree', 'wheel'].sort(),
  );
});

test('conceptChart has a bar for each concept, in the order of categories, with the counts', () => {
  const svg = conceptChart(layers.conv2);
  const bars = [...svg.matchAll(/<title>([^<:]+): (\d+) units?<\/title>/g)].map(([, name, count]) => [
    name,
    Number(count),
  ]);
  const expected = new Map<string, number>();
  for (const { best, detector } of layers.conv2.units) {
    if (!detector || !best) continue;
    const label = best.concept.replace(/-[cs]$/, '').replaceAll('_', ' ');
    expected.set(label, (expected.get(label) ?? 0) + 1);
  }
  expect(new Map(bars as [string, number][])).toEqual(expected);
  const captions = [...svg.matchAll(/font-weight="600">([^<]+)</g)].map(([, caption]) => caption?.replace(/s$/, ''));
  const unique = layers.conv2.uniqueDetectors.argmax.byCategory;
  expect(captions).toEqual(['object', 'scene', 'part', 'color'].map((category) => `${unique[category]} ${category}`));
  expect(svg).toMatch(/role="img" aria-label="Detectors by concept\. object: /);
});

test('charts of layers without detectors say so', () => {
  const none = { ...layers.conv1, units: layers.conv1.units.map((unit) => ({ ...unit, detector: false })) };
  expect(conceptChart(none)).toContain('>No unit is a detector.<');
  expect(layerChart({ none })).toContain('>0 of 40<');
  elements(dissectionReport({ layers: { none } }));
});

test('layerChart divides each layer as filterInterpretability does', () => {
  for (const kind of ['detectors', 'concepts'] as const) {
    const svg = layerChart(layers, { kind });
    for (const [name, layer] of Object.entries(layers)) {
      for (const [category, own] of Object.entries(filterInterpretability(layer).categories)) {
        const expected = kind === 'detectors' ? own.detectors : own.unique;
        const [, shown = '0'] = svg.match(new RegExp(`<title>${name}, ${category}: (\\d+) `)) ?? [];
        expect(Number(shown)).toBe(expected);
      }
    }
  }
});

function unit(number: number, concept: string, category: string, iou: number): ReportUnit {
  const matches = [{ concept, category, iou, ceiling: 1 }];
  return { unit: number, threshold: 0, detector: iou > 0.04, matches, images: [] };
}

const few = [
  unit(0, 'red', 'color', 0.9),
  unit(1, 'tree', 'object', 0.1),
  unit(2, 'house', 'object', 0.05),
  unit(3, 'house', 'object', 0.06),
  unit(4, 'sky', 'object', 0.3),
  unit(5, 'house', 'object', 0.03),
  unit(6, 'tree', 'object', 0.02),
  { unit: 7, threshold: 0, detector: false, matches: [], images: [] },
];

test.each([
  // By category, then houses, of which there are two, then sky, the better one; what is no detector by IoU.
  ['label', [3, 2, 4, 1, 0, 5, 6, 7]],
  ['score', [0, 4, 1, 3, 2, 5, 6, 7]],
  ['unit', [0, 1, 2, 3, 4, 5, 6, 7]],
] as const)('sorted by %s', (order, expected) => {
  const sorted = sortedUnits([...few].reverse(), order, ['object', 'color']);
  expect(sorted.map((one) => one.unit)).toEqual(expected);
});

test.each([
  ['', false, [0, 1, 2, 3, 4, 5, 6, 7]],
  ['', true, [0, 1, 2, 3, 4]],
  ['HOUS', false, [2, 3, 5]],
  ['house object', true, [2, 3]],
  ['color', false, [0]],
  ['unit 4', false, [4]],
  ['house 3', false, [3]],
  ['zebra', false, []],
] as const)('"%s", detectors only: %s', (text, detectorsOnly, expected) => {
  expect(few.filter((one) => fitsQuery(one, { text, detectorsOnly })).map((one) => one.unit)).toEqual(expected);
});

test('the path of a mask leaves holes where it is lit, row by row', () => {
  const frame = 'M-1-1h6v5h-6z';
  expect(maskPath([], 4, 3)).toBe(frame);
  expect(maskPath([1, 2], 4, 3)).toBe(`${frame}M1 0h2v1h-2z`);
  expect(maskPath([2, 7], 4, 3)).toBe(`${frame}M2 0h2v1h-2zM0 1h4v1h-4zM0 2h1v1h-1z`);
});

test('the script of the page is the one that its source gives', async () => {
  await outputOf('node_modules/.bin/tsx', ['scripts/build-report-script.ts', '--check']);
});

test.each<[object, string]>([
  [{ layers: {} }, '"layers" expected at least one dissection, got none'],
  [{ layers: [layers.conv1] }, '"layers" expected dissections by the names of layers, got ['],
  [{ layers: { conv1: {} } }, '"layers.conv1.concepts" expected a list'],
  [{ layers, pictureSize: 0 }, '"pictureSize" expected an integer of at least 1, got 0'],
  [
    { layers: { conv1: layers.conv1 }, gallery: { ...gallery, layers: { conv1: gallery.layers['conv2'] } } },
    '"gallery.layers.conv1" expected 40 units, got 60',
  ],
  [{ layers, gallery: { ...gallery, pictures: {} } }, '"gallery.pictures" expected a picture of image 0, got none'],
])('dissectionReport() refuses %#', (options, message) => {
  expect(() => dissectionReport(options as never)).toThrow(message);
});

test('layerChart() refuses another kind', () => {
  expect(() => layerChart(layers, { kind: 'units' as never })).toThrow('"kind" expected one of ');
});
