import { expect, test } from 'vitest';
import { picture } from '../../../src/image/picture.ts';
import type { Picture } from '../../../src/image/types.ts';
import { contactSheet } from '../../../src/render/contactSheet.ts';
import { adversarialTriples } from '../../../src/render/diagnosis/adversarialTriples.ts';

const x = { shape: [2, 1, 2, 3], data: Float32Array.of(0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 0, 0, 0) };
const adversarial = { ...x, data: x.data.map((value, i) => value + (i === 1 ? 4 / 255 : i === 3 ? -2 / 255 : 0)) };
const found = {
  adversarial,
  classes: { before: Int32Array.of(0, 1), after: Int32Array.of(2, 1) },
  confidence: { before: Float32Array.of(0.9, 0.8), after: Float32Array.of(0.05, 0.7) },
  label: Int32Array.of(0, 1),
  success: [true, false],
};
const scale = { range: [0, 1] } as const;

function plain(...pixels: readonly (readonly number[])[]): Picture {
  return picture(2, 1, Uint8ClampedArray.from(pixels.flatMap((pixel) => [...pixel, 255])));
}

test('shows before, change and after, with classes and sizes', () => {
  const sheet = adversarialTriples(x, found, {
    ...scale,
    chosen: [0],
    labels: ['cat', 'dog', 'fox'],
    title: 'An attack',
  });
  const cells = [
    { picture: plain([0, 51, 102], [153, 204, 255]), title: 'cat', subtitle: 'cat: 0.9' },
    // 4 shades × 31 above, 2 × 31 below middle grey.
    { picture: plain([128, 252, 128], [66, 128, 128]), title: 'the change × 31', subtitle: 'at most 4 of 255 shades' },
    { picture: plain([0, 55, 102], [151, 204, 255]), title: 'fox', subtitle: 'cat: 0.05' },
  ];
  expect(sheet).toEqual(contactSheet(cells, { columns: 3, title: 'An attack' }));
});

test('shows all examples by default, and says which attack failed', () => {
  const sheet = adversarialTriples(x, found, { ...scale, gain: 2 });
  const one = (pictures: readonly Picture[], titles: readonly string[], subtitles: readonly string[]) =>
    pictures.map((shown, i) => ({ picture: shown, title: titles[i] as string, subtitle: subtitles[i] as string }));
  const same = plain([255, 255, 255], [0, 0, 0]);
  const cells = [
    ...one(
      [
        plain([0, 51, 102], [153, 204, 255]),
        plain([128, 136, 128], [124, 128, 128]),
        plain([0, 55, 102], [151, 204, 255]),
      ],
      ['class 0', 'the change × 2', 'class 2'],
      ['class 0: 0.9', 'at most 4 of 255 shades', 'class 0: 0.05'],
    ),
    ...one(
      [same, plain([128, 128, 128], [128, 128, 128]), same],
      ['class 1', 'the change × 2', 'class 1 (failed)'],
      ['class 1: 0.8', 'at most 0 of 255 shades', 'class 1: 0.7'],
    ),
  ];
  expect(sheet).toEqual(contactSheet(cells, { columns: 3 }));
});

test('refuses other shapes and examples that there are not', () => {
  const other = { ...found, adversarial: { shape: [2, 2, 1, 3], data: x.data } };
  expect(() => adversarialTriples(x, other, scale)).toThrow(/"found.adversarial" expected \[2, 1, 2, 3\] as "x"/);
  expect(() => adversarialTriples(x, found, { ...scale, chosen: [2] })).toThrow(/"chosen\[0\]" expected/);
  expect(() => adversarialTriples(x, found, { ...scale, gain: -1 })).toThrow(/"gain" expected/);
});
