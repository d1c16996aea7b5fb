import { expect, test } from 'vitest';
import { cropPicture } from '../../src/image/crop.ts';
import { fromInput } from '../../src/image/fromInput.ts';
import { picture } from '../../src/image/picture.ts';
import { toInput } from '../../src/image/toInput.ts';
import type { Picture } from '../../src/image/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { type Colormap, colorTable } from '../../src/render/drawing/colormaps.ts';
import { heatmap } from '../../src/render/heatmap.ts';
import { type OverlayOptions, overlay } from '../../src/render/overlay.ts';

const arrayOf = (shape: readonly number[], ...values: number[]): NdArray => ({
  shape,
  data: Float32Array.from(values),
});
const entry = (colormap: Colormap, i: number): number[] => Array.from(colorTable(colormap).slice(i * 3, i * 3 + 3));
const pixel = ({ data }: { data: Uint8ClampedArray }, i: number): number[] => Array.from(data.slice(i * 4, i * 4 + 3));

test('overlay(picture, map) tints by magnitude', () => {
  const grey = picture(2, 1, Uint8ClampedArray.of(100, 100, 100, 255, 100, 100, 100, 200));
  const map = arrayOf([1, 1, 2], 0, 5);
  const half = overlay(grey, map, { alpha: 0.5, colormap: 'greys' });
  expect(Array.from(half.data)).toEqual([100, 100, 100, 255, 178, 178, 178, 200]);
  const uniform = overlay(grey, map, { alpha: 0.5, colormap: 'greys', opacity: 'uniform' });
  expect(pixel(uniform, 0)).toEqual([50, 50, 50]);
  const signed = overlay(grey, arrayOf([1, 2], -1, 1), { alpha: 1 });
  expect([pixel(signed, 0), pixel(signed, 1)]).toEqual([entry('RdBu', 0), entry('RdBu', 255)]);
  expect(Array.from(grey.data.slice(0, 3))).toEqual([100, 100, 100]);
});

test('overlay(picture, map) resizes the map bilinearly', () => {
  const black = picture(
    4,
    4,
    Uint8ClampedArray.from({ length: 64 }, (_, i) => (i % 4 === 3 ? 255 : 0)),
  );
  const map = arrayOf([2, 2], 0, 1, 2, 3);
  const laid = overlay(black, map, { alpha: 1, opacity: 'uniform' });
  expect(laid).toEqual(heatmap(map, { size: 4 }));
});

const map = arrayOf([1, 2], 1, 2);

test('overlay(picture, map) of zeros is the picture', () => {
  expect(overlay(picture(2, 1), arrayOf([1, 2], 0, 0))).toEqual(picture(2, 1));
});

/** An opaque photo of seeded noise. */
function noise(width: number, height: number): Picture {
  const { integer } = random(width * 1000 + height);
  return picture(
    width,
    height,
    Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : integer(256))),
  );
}

function waves(...shape: number[]): NdArray {
  const length = shape.reduce((product, side) => product * side, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => 1 + Math.sin(i * i)) };
}

type Box = readonly [top: number, left: number, height: number, width: number];

/** The pixels that black paint changes in a white picture, which must be a box. */
function painted([width, height]: readonly [number, number], shape: number[], options: OverlayOptions): Box {
  const white = picture(width, height, new Uint8ClampedArray(width * height * 4).fill(255));
  const black = { shape, data: new Float32Array(shape.reduce((product, side) => product * side, 1)) };
  const { data } = overlay(white, black, { alpha: 1, opacity: 'uniform', colormap: 'greys', ...options });
  const changed = Array.from({ length: width * height }, (_, i) => i).filter((i) => data[i * 4] === 0);
  const rows = changed.map((i) => Math.floor(i / width));
  const columns = changed.map((i) => i % width);
  const [top, left] = [Math.min(...new Set(rows)), Math.min(...new Set(columns))];
  const [bottom, right] = [Math.max(...new Set(rows)), Math.max(...new Set(columns))];
  expect(changed).toHaveLength((bottom - top + 1) * (right - left + 1));
  return [top, left, bottom - top + 1, right - left + 1];
}

test.each<[string, readonly [width: number, height: number], number[], OverlayOptions, Box]>([
  ['a wide photo', [448, 224], [1, 224, 224], {}, [0, 112, 224, 224]],
  ['a wide photo, map of a layer', [448, 224], [1, 7, 7], {}, [0, 112, 224, 224]],
  ['a tall photo', [300, 400], [1, 224, 224, 3], {}, [50, 0, 300, 300]],
  ['odd sizes', [101, 66], [32, 32], {}, [0, 17, 66, 66]],
  ['a wide input', [600, 500], [225, 300], {}, [25, 0, 450, 600]],
  ['a wide input, map of a layer', [600, 500], [8, 10], { size: [225, 300] }, [25, 0, 450, 600]],
  ['a stretched photo', [448, 224], [1, 7, 7], { fit: 'stretch' }, [0, 0, 224, 448]],
  ['a picture of the input', [224, 224], [1, 7, 7], {}, [0, 0, 224, 224]],
])('overlay() paints what the network saw of %s', (_, sides, shape, options, box) => {
  expect(painted(sides, shape, options)).toEqual(box);
});

test.each<[string, Picture, number | readonly [number, number], Box]>([
  ['wide', noise(44, 20), 20, [0, 12, 20, 20]],
  ['tall', noise(20, 47), 20, [13, 0, 20, 20]],
  ['for a wide input', noise(30, 33), [12, 30], [10, 0, 12, 30]],
])(
  'overlay() of a photo that is %s is that of toInput() and fromInput(), inside of the photo',
  (_, photo, size, box) => {
    const seen = fromInput(toInput(photo, { size, range: [-1, 1] }), { range: [-1, 1] });
    const [top, left, height, width] = box;
    for (const map of [waves(1, height, width), waves(1, height / 2, width / 2)]) {
      const laid = overlay(photo, map, { colormap: 'turbo' });
      expect(cropPicture(laid, { top, left, height, width })).toEqual(overlay(seen, map, { colormap: 'turbo' }));
      for (let i = 0; i < photo.width * photo.height; i++) {
        const [row, column] = [Math.floor(i / photo.width), i % photo.width];
        if (row >= top && row < top + height && column >= left && column < left + width) continue;
        expect(pixel(laid, i)).toEqual(pixel(photo, i));
      }
    }
  },
);

test('overlay() of a photo larger than the input is the map, enlarged, at its place', () => {
  const map = waves(6, 6);
  const options = { alpha: 1, opacity: 'uniform', colormap: 'turbo' } as const;
  const laid = overlay(noise(60, 24), map, options);
  const window = { top: 0, left: 18, height: 24, width: 24 };
  expect(cropPicture(laid, window)).toEqual(heatmap(map, { size: 24, colormap: 'turbo' }));
});

test('overlay() refuses bad pictures, maps and options', () => {
  expect(() => overlay(map as never, map)).toThrow('"picture" expected a picture');
  expect(() => overlay(picture(1, 1), arrayOf([2], 1, 2))).toThrow(
    '"map" expected rank 2 or 3 or 4 or 5, got shape [2]',
  );
  expect(() => overlay(picture(1, 1), map, { alpha: 2 })).toThrow('"alpha" expected a number in 0..1, got 2');
  expect(() => overlay(picture(1, 1), map, { opacity: 'full' as 'uniform' })).toThrow('"opacity" expected one of');
  expect(() => overlay(picture(1, 1), map, { fit: 'fill' as 'cover' })).toThrow('"fit" expected one of');
  expect(() => overlay(picture(1, 1), map, { size: 0 })).toThrow('"size" expected an integer of at least 1');
});
