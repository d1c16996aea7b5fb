import { decodeImage } from '../../image/files/decodeImage.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Decodes a label plane, `[h, w]` of the given size: a PNG file of 8 bits in which a number is red + 256 · green. */
export async function decodeLabels(
  bytes: Uint8Array,
  [height, width]: readonly [number, number],
): Promise<Uint16Array> {
  assertExact(bytes);
  const picture = await decodeImage(bytes);
  if (picture.height !== height || picture.width !== width) {
    throw new VitrineError(
      'bad-argument',
      `expected ${height}×${width} labels, got ${picture.height}×${picture.width}`,
    );
  }
  const numbers = new Uint16Array(height * width);
  for (let pixel = 0; pixel < numbers.length; pixel++) {
    const blue = picture.data[pixel * 4 + 2] as number;
    // Numbers that were written as levels of grey would be misread without a word.
    if (blue !== 0) throw new VitrineError('bad-argument', `expected labels as red + 256 · green, got blue ${blue}`);
    numbers[pixel] = (picture.data[pixel * 4] as number) + 256 * (picture.data[pixel * 4 + 1] as number);
  }
  return numbers;
}

/** Refuses what cannot be decoded to the very bytes that were written: JPEG files, and 16 bits, which are rounded to 8. */
function assertExact(bytes: Uint8Array): void {
  if (bytes[0] === 0xff) throw new VitrineError('bad-argument', 'expected labels in a PNG file, got a JPEG file');
  // The depth in the header, at the start of every PNG file (PNG specification, 11.2.1).
  if (bytes[24] === 16) throw new VitrineError('bad-argument', 'expected labels in 8 bits, got 16');
}
