import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conceptChart } from '../../src/render/dissectionReport/conceptChart.ts';
import {
  categoryColors,
  conceptLabel,
  detectedConcepts,
  orderedCategories,
} from '../../src/render/dissectionReport/concepts.ts';
import { layerChart } from '../../src/render/dissectionReport/layerChart.ts';
import { maskPath, runLengths } from '../../src/render/dissectionReport/maskRuns.ts';
import { inventedDissection } from '../support/reported.ts';

interface Bar {
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly title: string;
}

function barsOf(svg: string): readonly Bar[] {
  const bars = /<rect x="[-\d.]+" y="[-\d.]+" width="([\d.]+)" height="([\d.]+)" ([^>]*)><title>([^<]*)<\/title>/g;
  return [...svg.matchAll(bars)].map(([, width, height, rest, title]) => ({
    width: Number(width),
    height: Number(height),
    color: /fill="(#\w+)"/.exec(rest as string)?.[1] as string,
    title: title as string,
  }));
}

const dissection = inventedDissection(24, 3);
const detected = detectedConcepts(dissection);

describe('of a dissection', () => {
  test('detectedConcepts(…) counts the units whose best concept it is', () => {
    const counts = new Map<string, number>();
    for (const { best, detector } of dissection.units) {
      if (!detector || !best) continue;
      const name = `${best.category} ${conceptLabel(best)}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const found = detected.flatMap(({ category, concepts }) =>
      concepts.map(({ concept, detectors }) => [`${category} ${concept}`, detectors] as const),
    );
    expect(new Map(found)).toEqual(counts);
    for (const { concepts } of detected) {
      const order = concepts.map(({ detectors }) => detectors);
      expect([...order].sort((a, b) => b - a)).toEqual(order);
    }
  });

  test('the bars of conceptChart(…) are as high as concepts have detectors, in the colour of their category', () => {
    const svg = conceptChart(dissection);
    const colors = categoryColors(dissection.categories);
    const most = Math.max(...detected.flatMap(({ concepts }) => concepts.map(({ detectors }) => detectors)));
    const bars = barsOf(svg).filter(({ title }) => / units?$/.test(title) && title.includes(': '));
    const wanted = detected.flatMap(({ category, concepts }) =>
      concepts.map(({ concept, detectors }) => ({ concept, detectors, color: colors[category] })),
    );
    expect(bars).toHaveLength(wanted.length);
    bars.forEach((bar, i) => {
      const { concept, detectors, color } = wanted[i] as (typeof wanted)[number];
      expect(bar.title).toBe(`${concept}: ${detectors} ${detectors === 1 ? 'unit' : 'units'}`);
      expect(bar.height).toBeCloseTo((138 * detectors) / most, 1);
      expect(bar.color).toBe(color);
    });
  });

  test('the bars of layerChart(…) are as long as layers have detectors of a category', () => {
    const layers = { one: dissection, other: inventedDissection(40, 5) };
    const totals = Object.values(layers).map((layer) => layer.units.filter(({ detector }) => detector).length);
    const bars = barsOf(layerChart(layers)).filter(({ title }) => title.includes(', '));
    expect(bars.length).toBeGreaterThan(1);
    for (const { width, title } of bars) {
      const count = Number(/: (\d+) detectors?$/.exec(title)?.[1]);
      expect(width).toBeCloseTo((320 * count) / Math.max(...totals), 1);
    }
    const shown = bars.reduce((sum, { width }) => sum + width, 0);
    expect(shown).toBeCloseTo((320 * ((totals[0] as number) + (totals[1] as number))) / Math.max(...totals), 0);
  });
});

test('published categories come in the order of the figures, others as they are given, each colour once', () => {
  const order = orderedCategories(['sound', 'color', 'object', 'smell', 'part', 'object']);
  expect(order).toEqual(['object', 'part', 'color', 'sound', 'smell']);
  const colors = categoryColors(order);
  expect(new Set(Object.values(colors)).size).toBe(5);
  expect(categoryColors(['color'])['color']).toBe(colors['color']);
});

/** Which pixels of a picture a path leaves out, by its rectangles of one row each. */
function holesOf(path: string, width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const [, column, row, along] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    mask.fill(1, Number(row) * width + Number(column), Number(row) * width + Number(column) + Number(along));
  }
  return mask;
}

test('maskPath(runLengths(mask)) has holes just where the mask is lit', () => {
  const size = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
  const lit = size.chain(([width, height]) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      mask: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: width * height, maxLength: width * height }),
    }),
  );
  fc.assert(
    fc.property(lit, ({ width, height, mask }) => {
      const runs = runLengths(Uint8Array.from(mask));
      expect(runs.reduce((sum, run, i) => sum + (i % 2 === 1 ? run : 0), 0)).toBe(mask.filter((pixel) => pixel).length);
      const path = maskPath(runs, width, height);
      expect([...holesOf(path, width, height)]).toEqual(mask);
      expect(path.startsWith(`M-1-1h${width + 2}v${height + 2}h-${width + 2}z`)).toBe(true);
    }),
  );
});
