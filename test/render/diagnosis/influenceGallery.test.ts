import { expect, test } from 'vitest';
import { picture } from '../../../src/image/picture.ts';
import type { Picture } from '../../../src/image/types.ts';
import { contactSheet } from '../../../src/render/contactSheet.ts';
import { influenceGallery } from '../../../src/render/diagnosis/influenceGallery.ts';

const grey = (...shades: number[]) => ({
  shape: [shades.length, 1, 1, 1],
  data: Float32Array.from(shades, (shade) => shade / 255),
});
const training = { images: grey(10, 20, 30, 40), labels: Int32Array.of(0, 1, 1, 0) };
const tests = { images: grey(200, 210), labels: [1, 0] };
const found = {
  lossChangeIfRemoved: { shape: [2, 4], data: Float32Array.of(0.25, -0.5, 0.75, 0, -1, -2, -3, -0.5) },
};
const scale = { range: [0, 1], cellWidth: 80 } as const;

/** To compare pictures number by number takes seconds where they are large. */
function expectSame(sheet: Picture, expected: Picture): void {
  expect([sheet.width, sheet.height]).toEqual([expected.width, expected.height]);
  expect(sheet.data.findIndex((shade, i) => shade !== expected.data[i])).toBe(-1);
}

function cell(shade: number, title: string | undefined, subtitle: string) {
  return { picture: picture(1, 1, Uint8ClampedArray.of(shade, shade, shade, 255)), ...(title && { title }), subtitle };
}

test('shows the helpful images from the most helpful on, then the harmful ones', () => {
  const sheet = influenceGallery({ training, test: tests }, found, { ...scale, count: 2, labels: ['cat', 'dog'] });
  const cells = [
    cell(200, 'dog', 'test image 0'),
    cell(30, 'dog', 'helps: +0.75'),
    cell(10, 'cat', 'helps: +0.25'),
    cell(20, 'dog', 'harms: −0.5'),
    cell(255, undefined, 'none harms'),
    cell(210, 'cat', 'test image 1'),
    cell(255, undefined, 'none helps'),
    cell(255, undefined, 'none helps'),
    cell(30, 'dog', 'harms: −3'),
    cell(20, 'dog', 'harms: −2'),
  ];
  expectSame(sheet, contactSheet(cells, { columns: 5, cellWidth: 80 }));
});

test('shows the chosen test images', () => {
  const sheet = influenceGallery({ training, test: tests }, found, { ...scale, count: 1, chosen: [1], title: 'Why' });
  const cells = [
    cell(210, 'class 0', 'test image 1'),
    cell(255, undefined, 'none helps'),
    cell(30, 'class 1', 'harms: −3'),
  ];
  expectSame(sheet, contactSheet(cells, { columns: 3, title: 'Why', cellWidth: 80 }));
});

test('refuses what does not fit', () => {
  const turned = { lossChangeIfRemoved: { ...found.lossChangeIfRemoved, shape: [4, 2] } };
  expect(() => influenceGallery({ training, test: tests }, turned, scale)).toThrow(
    '"found.lossChangeIfRemoved" expected [2, 4], got [4, 2]',
  );
  const few = { ...training, labels: [1] };
  expect(() => influenceGallery({ training: few, test: tests }, found, scale)).toThrow('"examples.training.labels"');
  expect(() => influenceGallery({ training } as never, found, scale)).toThrow('"examples.test" expected');
  expect(() => influenceGallery({ training, test: tests }, found, { ...scale, chosen: [2] })).toThrow('"chosen[0]"');
  expect(() => influenceGallery({ training, test: tests }, found, { ...scale, count: 0 })).toThrow('"count"');
});
