import jpeg from 'jpeg-js';
import { decodeImage } from '../../../src/image/files/decodeImage.ts';
import { encodePng } from '../../../src/image/files/encodePng.ts';
import { picture } from '../../../src/image/picture.ts';
import { toInput } from '../../../src/image/toInput.ts';
import { random } from '../../../src/numeric/random.ts';
import { mutated } from '../../support/mutations.ts';
import { pngAround, pngChunk, pngRows, resealed } from '../../support/pngFile.ts';
import type { Look } from '../look.ts';
import { attempt } from './attempt.ts';

const [width, height] = [33, 21];
const scene = picture(
  width,
  height,
  Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i * 7) % 251),
);
const palette = pngChunk(
  'PLTE',
  Uint8Array.from({ length: 48 }, (_, i) => i * 5),
);
const small = { width, height, depth: 4, colourType: 3, interlaced: true };

const files = {
  PNG: encodePng(scene),
  'PNG, interlaced palette': pngAround(
    small,
    pngRows(small, (x, y) => (x + y) % 16),
    [palette],
  ),
  JPEG: Uint8Array.from(jpeg.encode({ width, height, data: scene.data }, 80).data),
};

// A byte of a PNG can hold 1032 bytes of rows of 8 pixels, one of a JPEG 8 blocks; and room for what is beside them.
const perByte = 1032 * 8 * 4 + 2 ** 13;
const beside = 2 ** 26;

/** Pictures with something wrong; of PNG also with checksums that are right again, so that what is in them is read. */
export const pictureMutations: Readonly<Record<string, Look>> = Object.fromEntries(
  Object.entries(files).flatMap(([name, file]) => {
    const look =
      (seal: (bytes: Uint8Array) => Uint8Array): Look =>
      async (seed) => {
        const bytes = seal(mutated(file, random(0, seed)));
        return attempt({ read: () => decodedAndUsed(bytes), most: bytes.length * perByte + beside });
      };
    const sealed = name === 'JPEG' ? [] : [[`${name}, sealed again`, look(resealed)] as const];
    return [[name, look((bytes) => bytes)] as const, ...sealed];
  }),
);

async function decodedAndUsed(bytes: Uint8Array): Promise<void> {
  const decoded = await decodeImage(bytes);
  toInput(decoded, { size: 4, range: [0, 1] });
}
