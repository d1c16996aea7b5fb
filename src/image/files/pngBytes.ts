import { encode } from 'fast-png';
import type { Bytes } from '../../numeric/bytes/bytes.ts';
import type { Picture } from '../types.ts';

// A file of its own, so that a picture can load the encoder when it is shown: a bundler keeps what the root exports by
// name with the page's first code.
/** The PNG file of a picture. */
export function pngBytes({ width, height, data }: Picture): Bytes {
  return encode({ width, height, data, channels: 4, depth: 8 }) as Bytes;
}
