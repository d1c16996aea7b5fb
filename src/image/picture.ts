import { assertRoom } from '../numeric/check.ts';
import { assertPicture, assertSides } from './assertPicture.ts';
import { toBase64 } from './files/base64.ts';
import type { Picture, PixelBytes } from './types.ts';

/**
 * Makes a picture of RGBA bytes, which notebooks show and consoles name.
 *
 * It carries `Symbol.for('Jupyter.display')` and an inspect text where no enumeration finds them: a picture stays plain
 * data, and survives `structuredClone` without them.
 *
 * @param width in pixels.
 * @param height in pixels.
 * @param data `height × width × 4` numbers from 0 to 255, kept and not copied; transparent black if left out.
 * @returns the picture.
 * @throws {VitrineError} if a side is below 1 or the data has another length.
 * @example
 * ```ts
 * import { picture } from 'vitrine';
 * const grey = picture(2, 1, Uint8ClampedArray.of(128, 128, 128, 255, 200, 200, 200, 255));
 * console.log(grey); // Picture 2×1
 * ```
 */
export function picture(width: number, height: number, data: Uint8ClampedArray = transparent(width, height)): Picture {
  const made: Picture = { width, height, data: data as PixelBytes };
  assertPicture('picture', made);
  Object.defineProperty(made, Symbol.for('Jupyter.display'), {
    value: () => displayed(made),
  });
  return Object.defineProperty(made, Symbol.for('nodejs.util.inspect.custom'), { value: () => nameOf(made) });
}

/** What a notebook shows; it waits for what encodes. */
async function displayed(shown: Picture): Promise<Readonly<Record<string, string>>> {
  const { pngBytes } = await import('./files/pngBytes.ts');
  return { 'image/png': toBase64(pngBytes(shown)), 'text/plain': nameOf(shown) };
}

function transparent(width: number, height: number): Uint8ClampedArray {
  assertSides('picture', { width, height });
  assertRoom('picture', [height, width, 4]);
  return new Uint8ClampedArray(width * height * 4);
}

function nameOf({ width, height }: Picture): string {
  return `Picture ${width}×${height}`;
}
