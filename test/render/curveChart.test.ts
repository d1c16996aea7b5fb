import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedAxis, linearAxis, logarithmicAxis } from '../../src/render/curveChart/axes.ts';
import { curveChart } from '../../src/render/curveChart/curveChart.ts';
import { transferChart } from '../../src/render/diagnosis/transferChart.ts';
import { elementsOfXml } from '../support/wellFormed.ts';

const pgd = { name: 'PGD', x: [0.2, 0, 0.1], y: Float32Array.of(0.1, 0.9, 0.5) };

/** The marks of a chart: their places in it, and what they say. */
function marksOf(svg: string) {
  const marks = /<circle cx="([-\d.]+)" cy="([-\d.]+)" r="3"><title>([^<]*)<\/title>/g;
  return [...svg.matchAll(marks)].map(([, x, y, title]) => ({ x: Number(x), y: Number(y), title }));
}

describe('curveChart(curves)', () => {
  test('marks points where the axes say, in the order of x, and says what they are', () => {
    const svg = curveChart([pgd], { range: [0, 1], xLabel: 'ε', yLabel: 'accuracy' });
    expect(marksOf(svg)).toEqual([
      { x: 0, y: 22, title: 'PGD, 0: 0.9' },
      { x: 200, y: 110, title: 'PGD, 0.1: 0.5' },
      { x: 400, y: 198, title: 'PGD, 0.2: 0.1' },
    ]);
    expect(svg).toContain('<path d="M0 22L200 110L400 198"');
    expect(svg).toContain('aria-label="accuracy by ε. PGD: 0.9 at 0, 0.5 at 0.1, 0.1 at 0.2."');
  });

  test('draws error bars as far as they are told, at most to the ends of the axis', () => {
    const noise = { name: 'noise', x: [0, 1], y: [0.5, 0.5], low: [0.25, 0.5], high: [2, 0.5] };
    const svg = curveChart([noise], { range: [0, 1] });
    expect(svg).toContain('<path d="M0 165V0M-3 165h6M-3 0h6"');
    expect(svg).toContain('noise, 0: 0.5 (0.25 to 2)');
  });

  test('places equal ratios at equal distances, and names places in words', () => {
    const curve = { name: 'q', x: [1, 10, 1000], y: [0, 1, 2] };
    const [first, second, third] = marksOf(curveChart([curve], { xScale: 'log' })).map(({ x }) => x) as [
      number,
      number,
      number,
    ];
    expect(third - first).toBeCloseTo(3 * (second - first), 1);
    const named = curveChart([{ name: 'AnB', x: [1, 2], y: [0.5, 0.6] }], { xNames: ['none', 'conv1', 'conv2'] });
    expect(named).toContain('AnB: 0.5 at conv1, 0.6 at conv2.');
    expect(marksOf(named).map(({ x }) => x)).toEqual([200, 400]);
  });

  test('is well-formed whatever names there are, and of many points marks none', () => {
    const name = '<&"\'>';
    const long = { name, x: Array.from({ length: 100 }, (_, i) => i), y: Array.from({ length: 100 }, (_, i) => i * i) };
    const svg = curveChart([long], { title: name, xLabel: name, yLabel: name });
    expect(() => elementsOfXml(svg)).not.toThrow();
    expect(marksOf(svg)).toEqual([]);
    expect(svg).toContain('0 at 0, 9801 at 99.');
  });

  test.each([
    ['no curve', () => curveChart([]), 'bad-argument', 'at least one curve'],
    ['no list', () => curveChart({} as never), 'bad-argument', '"curves" expected a list'],
    [
      'no points',
      () => curveChart([{ name: 'a', x: [], y: [] }]),
      'bad-shape',
      '"curves[0].x" expected at least one number',
    ],
    ['other lengths', () => curveChart([{ ...pgd, y: [1] }]), 'bad-shape', '"curves[0].y" expected 3 numbers'],
    [
      'NaN',
      () => curveChart([{ ...pgd, low: [0, Number.NaN, 0] }]),
      'not-finite',
      '"curves[0].low[1]" expected a finite number',
    ],
    [
      '0 on a logarithmic axis',
      () => curveChart([pgd], { xScale: 'log' }),
      'bad-argument',
      'above 0 along a logarithmic axis',
    ],
    [
      'a range that falls',
      () => curveChart([pgd], { range: [1, 0] }),
      'bad-argument',
      '"range" expected two rising numbers',
    ],
    ['no name', () => curveChart([{ x: [1], y: [1] } as never]), 'bad-argument', '"curves[0].name"'],
  ])('%s', (_, call, code, message) => {
    expect(call).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

test('axes hold all numbers between their ends, with two to eleven ticks', () => {
  const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(numbers, (values) => {
      const axis = linearAxis(values);
      expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
      expect(axis.ticks.length).toBeLessThanOrEqual(11);
      for (const value of values) {
        expect(axis.placeOf(value)).toBeGreaterThanOrEqual(-1e-6);
        expect(axis.placeOf(value)).toBeLessThanOrEqual(1 + 1e-6);
      }
    }),
  );
  expect(linearAxis([0, 0.3]).ticks.map(({ label }) => label)).toEqual(['0', '0.1', '0.2', '0.3']);
  expect(boundedAxis([0.05, 0.95]).ticks.map(({ label }) => label)).toEqual(['0.2', '0.4', '0.6', '0.8']);
  expect(logarithmicAxis([2, 300]).ticks.map(({ value }) => value)).toEqual([1, 10, 100, 1000]);
});

test('transferChart(curve) shows each kind over the layers, and the base where none is copied', () => {
  const of = (mean: number[]) => ({
    mean: Float64Array.from(mean),
    low: Float64Array.from(mean),
    high: Float64Array.from(mean),
  });
  const base = { mean: 0.75, low: 0.7, high: 0.8 };
  const curves = [{ kind: 'AnB', ...of([0.5, 0.6]) } as const];
  const svg = transferChart({ layers: ['conv1', 'conv2'], base, curves });
  expect(svg).toContain('base: 0.75 (0.7 to 0.8) at none. AnB: 0.5 at conv1, 0.6 at conv2.');
  expect(() => transferChart({} as never)).toThrow('"curve.layers" expected a list');
});
