import { expect, test } from 'vitest';
import { curveChart } from '../../../src/render/curveChart/curveChart.ts';
import { accuracyChart } from '../../../src/render/diagnosis/accuracyChart.ts';

const labels = { yLabel: 'accuracy', range: [0, 1] } as const;

test('draws the accuracy without a change at 0, and lengths in the numbers of the model', () => {
  const curves = [
    { name: 'FGSM', epsilons: [0.1, 0.2], accuracy: [0.5, 0.4], clean: 0.9 },
    { name: 'PGD', epsilons: [0.1], accuracy: Float32Array.of(0.25) },
  ];
  expect(accuracyChart(curves, { title: 'Clothes' })).toBe(
    curveChart(
      [
        { name: 'FGSM', x: [0, 0.1, 0.2], y: [0.9, 0.5, 0.4] },
        { name: 'PGD', x: [0.1], y: [0.25] },
      ],
      { ...labels, title: 'Clothes', xLabel: 'ε' },
    ),
  );
});

test('counts in shades where the length of one is given, of channels too', () => {
  const curves = [
    { name: 'even', epsilons: [0.5, 1], accuracy: [0.5, 0.25] },
    {
      name: 'by channel',
      epsilons: [
        [0.5, 1],
        [1, 3],
      ],
      accuracy: [0.5, 0],
    },
  ];
  const x = [
    { name: 'even', x: [2, 4], y: [0.5, 0.25] },
    { name: 'by channel', x: [2, 6], y: [0.5, 0] },
  ];
  expect(accuracyChart(curves, { shade: [0.25, 0.5] })).toBe(
    curveChart(x, { ...labels, xLabel: 'ε in shades of 255' }),
  );
});

test('refuses what is no curve', () => {
  const curve = { name: 'PGD', epsilons: [0.1, 0.2], accuracy: [0.5, 0.4] };
  expect(() => accuracyChart([])).toThrow(/at least one curve/);
  expect(() => accuracyChart([{ ...curve, accuracy: [0.5] }])).toThrow(/"curves\[0\].accuracy" expected 2 numbers/);
  expect(() => accuracyChart([{ ...curve, epsilons: [[0.1, 0.2], 0.2] }])).toThrow(
    /"curves\[0\].epsilons\[0\]" expected/,
  );
  expect(() => accuracyChart([{ ...curve, epsilons: [-1, 2] }])).toThrow(/"curves\[0\].epsilons\[0\]" expected/);
  expect(() => accuracyChart([curve], { shade: [] })).toThrow(/"shade" expected lengths/);
  expect(() => accuracyChart([{ ...curve, clean: 2 }])).toThrow(/"curves\[0\].clean" expected/);
});
