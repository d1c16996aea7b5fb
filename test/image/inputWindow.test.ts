import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputWindow } from '../../src/image/inputWindow.ts';
import { picture } from '../../src/image/picture.ts';
import { toInput } from '../../src/image/toInput.ts';
import type { PictureSize } from '../../src/image/types.ts';

test.each<
  [string, [width: number, height: number], PictureSize, [top: number, left: number, height: number, width: number]]
>([
  ['a wide photo', [448, 224], 224, [0, 112, 224, 224]],
  ['a tall one', [300, 400], 224, [50, 0, 300, 300]],
  ['odd sizes', [101, 66], 32, [0, 17, 66, 66]],
  ['an input that is wide', [600, 500], [225, 300], [25, 0, 450, 600]],
  ['an input that is wider', [37, 29], [10, 30], [8, 0, 12, 37]],
  ['an input that is tall', [50, 40], [30, 10], [0, 18, 40, 13]],
  ['a sliver', [3, 400], [1, 100], [199, 0, 1, 3]],
])('inputWindow() of %s', (_, [width, height], size, [top, left, rows, columns]) => {
  expect(inputWindow({ width, height }, { size })).toEqual({ top, left, height: rows, width: columns });
  expect(inputWindow({ width, height }, { size, fit: 'stretch' })).toEqual({ top: 0, left: 0, height, width });
  expect(inputWindow({ width, height })).toEqual({ top: 0, left: 0, height, width });
});

test('the window depends on the proportions of the input alone', () => {
  const side = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(side, side, side, side, fc.integer({ min: 1, max: 40 }), (width, height, rows, columns, times) => {
      const larger = inputWindow({ width, height }, { size: [rows * times, columns * times] });
      expect(larger).toEqual(inputWindow({ width, height }, { size: [rows, columns] }));
    }),
  );
});

test('exactly the pixels of the window have an influence on the input', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(side, side, side, side, (width, height, rows, columns) => {
      const sum = (changed: number): number => {
        const photo = picture(width, height);
        photo.data.set([255, 255, 255], changed * 4);
        // Averaging leaves out no pixel.
        const input = toInput(photo, { size: [rows, columns], antialias: true, range: [0, 1] });
        return input.data.reduce((total, value) => total + value, 0);
      };
      const window = inputWindow({ width, height }, { size: [rows, columns] });
      for (let pixel = 0; pixel < width * height; pixel++) {
        const [row, column] = [Math.floor(pixel / width) - window.top, (pixel % width) - window.left];
        const inside = row >= 0 && row < window.height && column >= 0 && column < window.width;
        expect(sum(pixel) > 0).toBe(inside);
      }
    }),
    { numRuns: 60 },
  );
});

test.each<[unknown, unknown, string]>([
  [undefined, {}, '"picture" expected a picture {width, height, data}, got undefined'],
  [{ width: 0, height: 2 }, {}, '"picture.width" expected an integer of at least 1, got 0'],
  [{ width: 2, height: 2 }, { size: [1.5, 2] }, '"size" expected an integer'],
  [{ width: 2, height: 2 }, { fit: 'contain' }, '"fit" expected one of'],
])('inputWindow(%o, %o) is refused', (photo, options, message) => {
  expect(() => inputWindow(photo as never, options as never)).toThrow(message);
});
