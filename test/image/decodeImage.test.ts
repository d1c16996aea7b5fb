import fc from 'fast-check';
import { type BitDepth, encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { expect, test } from 'vitest';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import { encodePng } from '../../src/image/files/encodePng.ts';
import { picture } from '../../src/image/picture.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { random } from '../../src/numeric/random.ts';
import { countingArrays } from '../support/countingArrays.ts';
import { type PngHeader, pngAround, pngChunk } from '../support/pngFile.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

// A PNG of unfiltered rows.
function png(header: PngHeader, rows: readonly number[], extra: readonly Buffer[] = []): Uint8Array {
  const rowBytes = rows.length / header.height;
  const raw = Array.from({ length: header.height }, (_, y) => [0, ...rows.slice(y * rowBytes, (y + 1) * rowBytes)]);
  return pngAround(header, Buffer.from(raw.flat()), extra);
}

const pixelsOf = async (file: Uint8Array): Promise<readonly number[]> => Array.from((await decodeImage(file)).data);

test.each<[string, Uint8Array, number[]]>([
  ['8-bit grey', png({ width: 2, height: 1, depth: 8, colourType: 0 }, [0, 77]), [0, 0, 0, 255, 77, 77, 77, 255]],
  [
    '1-bit grey',
    png({ width: 2, height: 2, depth: 1, colourType: 0 }, [0x40, 0x80]),
    [0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 255],
  ],
  [
    '4-bit grey',
    png({ width: 3, height: 1, depth: 4, colourType: 0 }, [0x0f, 0x50]),
    [0, 0, 0, 255, 255, 255, 255, 255, 85, 85, 85, 255],
  ],
  [
    '16-bit grey',
    png({ width: 2, height: 1, depth: 16, colourType: 0 }, [0xff, 0xff, 0x80, 0x80]),
    [255, 255, 255, 255, 128, 128, 128, 255],
  ],
  ['grey with opacity', png({ width: 1, height: 1, depth: 8, colourType: 4 }, [9, 200]), [9, 9, 9, 200]],
  [
    'grey with one transparent level',
    png({ width: 2, height: 1, depth: 8, colourType: 0 }, [5, 6], [pngChunk('tRNS', Uint8Array.of(0, 6))]),
    [5, 5, 5, 255, 6, 6, 6, 0],
  ],
  [
    '8-bit colour',
    png({ width: 1, height: 2, depth: 8, colourType: 2 }, [1, 2, 3, 4, 5, 6]),
    [1, 2, 3, 255, 4, 5, 6, 255],
  ],
  [
    'colour with one transparent colour',
    png(
      { width: 3, height: 1, depth: 8, colourType: 2 },
      [1, 2, 3, 4, 5, 6, 1, 2, 4],
      [pngChunk('tRNS', Uint8Array.of(0, 1, 0, 2, 0, 3))],
    ),
    [1, 2, 3, 0, 4, 5, 6, 255, 1, 2, 4, 255],
  ],
  ['8-bit colour with opacity', png({ width: 1, height: 1, depth: 8, colourType: 6 }, [1, 2, 3, 4]), [1, 2, 3, 4]],
  [
    '16-bit colour with opacity',
    png({ width: 1, height: 1, depth: 16, colourType: 6 }, [0x12, 0x34, 0x00, 0x80, 0x00, 0x81, 0xff, 0xff]),
    [18, 0, 1, 255],
  ],
  [
    'palette',
    png({ width: 2, height: 1, depth: 8, colourType: 3 }, [1, 0], [pngChunk('PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6))]),
    [4, 5, 6, 255, 1, 2, 3, 255],
  ],
  [
    '2-bit palette with opacity',
    png(
      { width: 3, height: 1, depth: 2, colourType: 3 },
      [0b01_00_10_00],
      [pngChunk('PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)), pngChunk('tRNS', Uint8Array.of(100, 0))],
    ),
    [4, 5, 6, 0, 1, 2, 3, 100, 7, 8, 9, 255],
  ],
])('decodeImage(PNG) reads %s', async (_, file, expected) => {
  expect(await pixelsOf(file)).toEqual(expected);
});

test('decodeImage(PNG) reads interlaced files', async () => {
  const { integer } = random(0);
  const data = Uint8Array.from({ length: 11 * 9 * 3 }, () => integer(256));
  const image = { width: 11, height: 9, data, channels: 3, depth: 8 as BitDepth };
  expect(await pixelsOf(encode(image, { interlace: 'Adam7' }))).toEqual(await pixelsOf(encode(image)));
});

test('decodeImage(encodePng(picture)) gives the picture back', async () => {
  const pictures = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([width, height]) =>
      fc
        .uint8ClampedArray({ minLength: width * height * 4, maxLength: width * height * 4 })
        .map((data) => picture(width, height, Uint8ClampedArray.from(data))),
    );
  await fc.assert(
    fc.asyncProperty(pictures, async (original) => {
      expect(await decodeImage(encodePng(original))).toEqual(original);
    }),
  );
});

test('decodeImage() takes an ArrayBuffer, a Blob and a view into a larger buffer', async () => {
  const file = encodePng(picture(1, 1, Uint8ClampedArray.of(1, 2, 3, 255)));
  const larger = new Uint8Array(file.length + 20);
  larger.set(file, 7);
  expect(await pixelsOf(larger.subarray(7, 7 + file.length))).toEqual([1, 2, 3, 255]);
  expect((await decodeImage(larger.slice(7, 7 + file.length).buffer)).width).toBe(1);
  expect(await decodeImage(new Blob([file.slice()]))).toEqual(await decodeImage(file));
});

// 16 x 8 pixels: red left half, blue right half.
function halves(): Uint8Array {
  const data = Buffer.alloc(16 * 8 * 4);
  for (let i = 0; i < 128; i++) data.set(i % 16 < 8 ? [255, 0, 0, 255] : [0, 0, 255, 255], i * 4);
  return Uint8Array.from(jpeg.encode({ width: 16, height: 8, data }, 95).data);
}

const colourAt = (data: ArrayLike<number>, pixel: number): string => {
  const [red, , blue] = [data[pixel * 4], data[pixel * 4 + 1], data[pixel * 4 + 2]] as [number, number, number];
  return red > blue ? 'red' : 'blue';
};

test('decodeImage(JPEG) reads colours', async () => {
  const { width, height, data } = await decodeImage(halves());
  expect([width, height]).toEqual([16, 8]);
  for (const [channel, value] of [255, 0, 0, 255].entries())
    expect(Math.abs((data[channel] as number) - value)).toBeLessThan(6);
  expect(colourAt(data, 15)).toBe('blue');
});

function withOrientation(file: Uint8Array, orientation: number, little: boolean): Uint8Array {
  const tiff = Buffer.alloc(26);
  tiff.set(ascii(little ? 'II' : 'MM'), 0);
  const [short, long] = little
    ? [tiff.writeUInt16LE.bind(tiff), tiff.writeUInt32LE.bind(tiff)]
    : [tiff.writeUInt16BE.bind(tiff), tiff.writeUInt32BE.bind(tiff)];
  short(42, 2);
  long(8, 4);
  short(1, 8);
  short(0x0112, 10);
  short(3, 12);
  long(1, 14);
  short(orientation, 18);
  const body = Buffer.concat([ascii('Exif\0\0'), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([file.subarray(0, 2), marker, body, file.subarray(2)]);
}

test.each([
  [1, 16, 'red', 'blue'],
  [2, 16, 'blue', 'red'],
  [3, 16, 'blue', 'red'],
  [4, 16, 'red', 'blue'],
  [5, 8, 'red', 'blue'],
  [6, 8, 'red', 'blue'],
  [7, 8, 'blue', 'red'],
  [8, 8, 'blue', 'red'],
  [99, 16, 'red', 'blue'],
])('decodeImage(JPEG) turns orientation %i upright', async (orientation, width, first, last) => {
  for (const little of [true, false]) {
    const upright = await decodeImage(withOrientation(halves(), orientation, little));
    expect(upright.width).toBe(width);
    expect(colourAt(upright.data, 0)).toBe(first);
    expect(colourAt(upright.data, 127)).toBe(last);
  }
});

test('decodeImage(JPEG) tells orientations with the same corners apart', async () => {
  const data = Buffer.alloc(8 * 8 * 4, 255);
  for (let row = 0; row < 8; row++)
    for (let column = 0; column < 8; column++) data.fill(row * 30, (row * 8 + column) * 4, (row * 8 + column) * 4 + 3);
  const file = Uint8Array.from(jpeg.encode({ width: 8, height: 8, data }, 100).data);
  const cornersOf = async (orientation: number): Promise<readonly boolean[]> => {
    const { data: turned } = await decodeImage(withOrientation(file, orientation, true));
    return [0, 7, 56, 63].map((pixel) => (turned[pixel * 4] as number) > 128);
  };
  expect(await cornersOf(1)).toEqual([false, false, true, true]);
  expect(await cornersOf(3)).toEqual([true, true, false, false]);
  expect(await cornersOf(4)).toEqual([true, true, false, false]);
  expect(await cornersOf(5)).toEqual([false, true, false, true]);
  expect(await cornersOf(6)).toEqual([true, false, true, false]);
  expect(await cornersOf(7)).toEqual([true, false, true, false]);
  expect(await cornersOf(8)).toEqual([false, true, false, true]);
});

test.each<[string, Uint8Array, string]>([
  ['no bytes', new Uint8Array(0), 'got no bytes'],
  ['other data', Uint8Array.of(1, 2, 255), 'got unknown data (3 bytes starting 01 02 ff)'],
  ['GIF', ascii('GIF89a...'), 'got a GIF file; convert it to PNG: only browsers decode more'],
  ['WebP', ascii('RIFF....WEBPVP8 '), 'got a WebP file; convert it to PNG: only browsers decode more'],
  ['AVIF', ascii('\0\0\0\x20ftypavif'), 'got an AVIF file; convert it to PNG: only browsers decode more'],
  ['a web page', ascii('<!doctype html><p>404'), 'got an HTML page'],
])('decodeImage() names %s', async (_, file, message) => {
  await expect(decodeImage(file)).rejects.toThrow(
    new VitrineError('bad-image', `"bytes" expected a PNG or JPEG file, ${message}`),
  );
});

test('decodeImage() refuses every PNG that is cut short or has a byte changed', async () => {
  const file = encodePng(
    picture(
      4,
      4,
      Uint8ClampedArray.from({ length: 64 }, (_, i) => i * 3),
    ),
  );
  for (let length = 8; length < file.length; length++) {
    await expect(decodeImage(file.subarray(0, length)), `length ${length}`).rejects.toThrow(
      `cut short after ${length} bytes`,
    );
  }
  for (let at = 8; at < file.length; at++) {
    const changed = Uint8Array.from(file);
    changed[at]! ^= 0x55;
    await expect(decodeImage(changed), `byte ${at}`).rejects.toThrow(
      '"bytes" expected an intact picture, got a PNG file that is corrupt',
    );
  }
});

test('decodeImage() refuses a JPEG that is cut short', async () => {
  const file = halves();
  for (const length of [3, 20, 200, file.length - 40]) {
    await expect(decodeImage(file.subarray(0, length))).rejects.toThrow(
      '"bytes" expected an intact picture, got a JPEG file that is corrupt',
    );
  }
});

/** A JPEG whose frame says something else: its sides, and of each of its numbers the sampling factors. */
function claiming([height, width]: readonly [number, number], factors: readonly number[] = []): Uint8Array {
  const file = Buffer.from(halves());
  const frame = file.indexOf(Uint8Array.of(0xff, 0xc0));
  file.writeUInt16BE(height, frame + 5);
  file.writeUInt16BE(width, frame + 7);
  if (factors.length === 0) return file;
  const parts = factors.flatMap((factor, i) => [i, factor, 0]);
  file[frame + 9] = factors.length;
  return Buffer.concat([file.subarray(0, frame + 10), Buffer.from(parts), file.subarray(frame + 19)]);
}

test('decodeImage() refuses a JPEG that claims more pixels than it can hold, without making room for them', async () => {
  const { total } = await countingArrays(async () => {
    const lying = 'got a JPEG file that is corrupt or unsupported: more pixels than its bytes can hold';
    await expect(decodeImage(claiming([9900, 9900]))).rejects.toThrow(lying);
    await expect(decodeImage(claiming([60_000, 1], Array(255).fill(0xff)))).rejects.toThrow(lying);
    const padded = Buffer.concat([claiming([10_001, 10_000]), Buffer.alloc(200_000)]);
    await expect(decodeImage(padded)).rejects.toThrow(
      new VitrineError(
        'too-large',
        '"bytes" expected a picture of at most 100000000 pixels (maxPixels), got a JPEG file of more',
      ),
    );
  });
  expect(total).toBeLessThan(30e6);
});

test('decodeImage(JPEG) obeys maxPixels', async () => {
  expect((await decodeImage(halves(), { maxPixels: 128 })).width).toBe(16);
  await expect(decodeImage(halves(), { maxPixels: 127 })).rejects.toThrow('at most 127 pixels (maxPixels)');
  await expect(decodeImage(halves(), { maxPixels: 2 ** 30 })).rejects.toThrow('"maxPixels" expected an integer in 1..');
});

test('decodeImage() refuses what holds no bytes', async () => {
  await expect(decodeImage('photo.png' as unknown as Uint8Array)).rejects.toThrow(
    new VitrineError('bad-argument', '"bytes" expected a Uint8Array, ArrayBuffer or Blob, got "photo.png"'),
  );
});

test('encodePng() refuses what is no picture', () => {
  expect(() => encodePng({ shape: [1], data: [] } as never)).toThrow(VitrineError);
  expect(() => encodePng({ width: 2, height: 2, data: new Uint8ClampedArray(4) })).toThrow(VitrineError);
});
