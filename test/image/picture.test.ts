import { inspect } from 'node:util';
import { decode } from 'fast-png';
import { expect, expectTypeOf, test } from 'vitest';
import { encodePng } from '../../src/image/files/encodePng.ts';
import { picture } from '../../src/image/picture.ts';
import type { Picture } from '../../src/image/types.ts';
import { VitrineError } from '../../src/numeric/errors.ts';

const bytes = (...values: number[]): Uint8ClampedArray => Uint8ClampedArray.from(values);
const twoPixels = (): Picture => picture(2, 1, bytes(255, 0, 0, 255, 0, 0, 255, 128));

test('picture(width, height, data) is plain data that survives structuredClone', () => {
  const made = twoPixels();
  expect(Object.keys(made)).toEqual(['width', 'height', 'data']);
  expect(structuredClone(made)).toEqual({ width: 2, height: 1, data: made.data });
  expect(JSON.parse(JSON.stringify(made)).width).toBe(2);
});

test('picture(width, height) is transparent', () => {
  expect(picture(3, 2).data).toEqual(new Uint8ClampedArray(24));
});

test('picture() shows itself in Jupyter and prints its size', async () => {
  const made = twoPixels();
  const shown = made as unknown as Record<symbol, () => Promise<Record<string, string>>>;
  const display = await shown[Symbol.for('Jupyter.display')]!();
  const png = decode(Buffer.from(display['image/png'] as string, 'base64'));
  expect(Array.from(png.data)).toEqual(Array.from(made.data));
  expect(display['text/plain']).toBe('Picture 2×1');
  expect(inspect(made)).toBe('Picture 2×1');
  expect(inspect([picture(224, 224)])).toBe('[ Picture 224×224 ]');
});

test('picture() refuses sides below 1 and other lengths of data', () => {
  expect(() => picture(0, 1)).toThrow(
    new VitrineError('bad-argument', '"picture.width" expected an integer of at least 1, got 0'),
  );
  expect(() => picture(1, Number.NaN)).toThrow('"picture.height" expected an integer of at least 1, got NaN');
  expect(() => picture(2.5, 1)).toThrow('got 2.5');
  expect(() => picture(2, 2, bytes(1, 2, 3))).toThrow(
    new VitrineError('bad-argument', '"picture.data" expected 16 numbers for 2×2 RGBA pixels, got 3'),
  );
  expect(() => picture(1, 1, [0, 0, 0, 0] as unknown as Uint8ClampedArray)).toThrow(
    new VitrineError('bad-argument', '"picture" expected a picture {width, height, data}, got a value of type Object'),
  );
});

test('pictures and their files have the types that pages take', () => {
  const made = picture(1, 1);
  expectTypeOf(made.data).toEqualTypeOf<Uint8ClampedArray<ArrayBuffer>>();
  expectTypeOf(encodePng(made)).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  expectTypeOf<typeof ImageData>().toBeConstructibleWith(made.data, made.width, made.height);
  expectTypeOf<typeof Blob>().toBeConstructibleWith([encodePng(made)]);
});
