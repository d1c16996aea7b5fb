import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import { random } from '../../src/numeric/random.ts';
import { countingArrays } from '../support/countingArrays.ts';
import { type PngHeader, pngAround, pngChannels, pngChunk, pngOfChunks, pngRows } from '../support/pngFile.ts';

const { integer } = random(0);
const palette = Uint8Array.from({ length: 768 }, () => integer(256));
const opacities = Uint8Array.from({ length: 100 }, () => integer(256));

const kinds: readonly [colourType: number, depths: readonly number[]][] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
];

/** The pixel that numbers stand for, by the specification. */
function rgba({ depth, colourType }: PngHeader, values: readonly number[]): readonly number[] {
  if (colourType === 3) {
    const index = values[0] as number;
    return [...palette.subarray(index * 3, index * 3 + 3), opacities[index] ?? 255];
  }
  const levels = values.map((value) => Math.round((value * 255) / (2 ** depth - 1)));
  const colours = levels.length < 3 ? [levels[0], levels[0], levels[0]] : levels.slice(0, 3);
  return [...colours, levels.length % 2 === 0 ? levels.at(-1) : 255] as number[];
}

const cases = kinds.flatMap(([colourType, depths]) =>
  depths.flatMap((depth) => [false, true].map((interlaced) => ({ colourType, depth, interlaced }))),
);

test.each(cases)(
  'decodeImage(PNG) reads colour type $colourType of $depth bits, interlaced $interlaced',
  async (kind) => {
    for (const [width, height] of [
      [1, 1],
      [2, 5],
      [5, 2],
      [8, 8],
      [13, 11],
      [3, 17],
    ] as const) {
      const header = { ...kind, width, height };
      const channels = pngChannels[kind.colourType] as number;
      const values = Array.from({ length: width * height * channels }, () => integer(2 ** kind.depth));
      const pixelAt = (pixel: number): number[] => values.slice(pixel * channels, (pixel + 1) * channels);
      const colours = [
        pngChunk('PLTE', palette.subarray(0, 3 * 2 ** kind.depth)),
        pngChunk('tRNS', opacities.subarray(0, 2 ** kind.depth)),
      ];
      const raw = pngRows(header, (x, y, channel) => pixelAt(y * width + x)[channel] as number);
      const { data } = await decodeImage(pngAround(header, raw, kind.colourType === 3 ? colours : []));
      expect([...data]).toEqual(Array.from({ length: width * height }, (_, i) => rgba(header, pixelAt(i))).flat());
    }
  },
);

test('decodeImage(PNG) compares a transparent colour with all bits of a number', async () => {
  const header = { width: 2, height: 1, depth: 16, colourType: 0, interlaced: true };
  const raw = pngRows(header, (x) => 0x1234 + x);
  const { data } = await decodeImage(pngAround(header, raw, [pngChunk('tRNS', Uint8Array.of(0x12, 0x35))]));
  expect([data[3], data[7]]).toEqual([255, 0]);
});

function exif(orientation: number): Buffer {
  return pngChunk(
    'eXIf',
    Buffer.from(
      `4d4d002a000000080001011200030000000100${orientation.toString(16).padStart(2, '0')}000000000000`,
      'hex',
    ),
  );
}

// Where the pixels 0 1 2 / 3 4 5 lie in the scene: EXIF 2.3, 4.6.4 A.
test.each<[number, number, number[]]>([
  [1, 3, [0, 1, 2, 3, 4, 5]],
  [2, 3, [2, 1, 0, 5, 4, 3]],
  [3, 3, [5, 4, 3, 2, 1, 0]],
  [4, 3, [3, 4, 5, 0, 1, 2]],
  [5, 2, [0, 3, 1, 4, 2, 5]],
  [6, 2, [3, 0, 4, 1, 5, 2]],
  [7, 2, [5, 2, 4, 1, 3, 0]],
  [8, 2, [2, 5, 1, 4, 0, 3]],
  [9, 3, [0, 1, 2, 3, 4, 5]],
])(
  'decodeImage(PNG) turns orientation %i upright, whether it stands before or after the pixels',
  async (orientation, width, expected) => {
    const header = { width: 3, height: 2, depth: 8, colourType: 0 };
    const pixels = pngChunk('IDAT', deflateSync(pngRows(header, (x, y) => y * 3 + x)));
    for (const chunks of [
      [exif(orientation), pixels],
      [pixels, exif(orientation)],
    ]) {
      const turned = await decodeImage(pngOfChunks(header, chunks));
      expect(turned.width).toBe(width);
      expect([...turned.data].filter((_, i) => i % 4 === 0)).toEqual(expected);
    }
  },
);

const grey = { width: 10, height: 10, depth: 8, colourType: 0 };
const rows = pngRows(grey, (x) => x);

test('decodeImage(PNG) inflates no more than its rows', async () => {
  const bomb = pngAround(grey, Buffer.concat([rows, Buffer.alloc(50e6)]));
  const { result, total } = await countingArrays(() => decodeImage(bomb));
  expect([...result.data.subarray(4, 8)]).toEqual([1, 1, 1, 255]);
  expect(total).toBeLessThan(2e6);
});

test('decodeImage(PNG) leaves texts and colour profiles as they are, however much they hold', async () => {
  const bomb = deflateSync(Buffer.alloc(50e6));
  const texts = ['iCCP', 'zTXt', 'iTXt'].map((type) => pngChunk(type, Buffer.concat([Buffer.from('x\0\0'), bomb])));
  const { result, total } = await countingArrays(() => decodeImage(pngAround(grey, rows, texts)));
  expect(result.width).toBe(10);
  expect(total).toBeLessThan(2e6);
});

test('decodeImage(PNG) makes no room for pixels beyond the limit, or that its bytes cannot hold', async () => {
  const claiming = (side: number): Uint8Array => pngAround({ ...grey, width: side, height: side }, rows);
  const { result, total } = await countingArrays(async () => [
    await reasonOf(decodeImage(claiming(10_001))),
    await reasonOf(decodeImage(claiming(9_900))),
    await reasonOf(decodeImage(claiming(10), { maxPixels: 99 })),
    await reasonOf(decodeImage(claiming(10), { maxPixels: 100 })),
  ]);
  expect(result).toEqual([
    '"bytes" expected a picture of at most 100000000 pixels (maxPixels), got a PNG file of 10001×10001',
    '"bytes" expected an intact picture, got a PNG file that is corrupt or unsupported: more pixels than its bytes can hold',
    '"bytes" expected a picture of at most 99 pixels (maxPixels), got a PNG file of 10×10',
    'decoded',
  ]);
  expect(total).toBeLessThan(2e6);
});

async function reasonOf(decoded: Promise<unknown>): Promise<string> {
  return decoded.then(
    () => 'decoded',
    (error: Error) => error.message,
  );
}

const idat = pngChunk('IDAT', deflateSync(rows));

test.each<[string, Uint8Array, string]>([
  ['too few rows', pngAround(grey, rows.subarray(0, 109)), 'too few pixels for its size'],
  ['no pixels', pngOfChunks(grey, []), 'more pixels than its bytes can hold'],
  ['another filter', pngAround(grey, Buffer.concat([Buffer.of(7), rows])), 'a row has filter 7, expected 0 to 4'],
  ['a side of 0', pngAround({ ...grey, width: 0 }, rows), 'expected sides in 1..2147483647, got 0×10'],
  ['another depth', pngAround({ ...grey, depth: 3 }, rows), 'colour type 0 with 3 bits is none of PNG'],
  ['another colour type', pngAround({ ...grey, colourType: 5 }, rows), 'colour type 5 with 8 bits is none of PNG'],
  ['no palette', pngAround({ ...grey, colourType: 3 }, rows), 'expected PLTE of 1 to 256 colours'],
  [
    'a colour beside the palette',
    pngAround({ ...grey, colourType: 3 }, rows, [pngChunk('PLTE', palette.subarray(0, 9))]),
    'a pixel has colour 3 of 3 in its palette',
  ],
  [
    'a transparent colour of another length',
    pngAround(grey, rows, [pngChunk('tRNS', Buffer.of(1))]),
    'expected tRNS of 2 bytes',
  ],
  [
    'an unknown critical chunk',
    pngOfChunks(grey, [pngChunk('CgBI', Buffer.alloc(4)), idat]),
    'chunk CgBI is not known',
  ],
  ['no header', pngOfChunks(grey, [idat]).map((byte, i) => (i === 12 ? 0x4a : byte)), 'checksum of JHDR differs'],
])('decodeImage(PNG) says what is wrong: %s', async (_, file, reason) => {
  await expect(decodeImage(file)).rejects.toThrow(`got a PNG file that is corrupt or unsupported: ${reason}`);
});
