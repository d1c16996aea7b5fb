import { VitrineError } from '../../numeric/errors.ts';
import type { PixelBytes } from '../types.ts';
import type { AssertSize } from './pixelLimit.ts';

/** Whether there are a browser's decoders and a canvas to read their pixels from. */
export function canDecodeInBrowser(): boolean {
  return (
    typeof createImageBitmap === 'function' && (typeof OffscreenCanvas === 'function' || typeof document === 'object')
  );
}

/** Decodes a file of any format that the browser knows to 8-bit RGBA; of an animation the first image. */
export async function decodeInBrowser(
  bytes: Uint8Array,
  assertSize: AssertSize,
): Promise<{ width: number; height: number; data: PixelBytes }> {
  // Orientation is left at its default: to turn upright, by whatever name the option has had.
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  try {
    const { width, height } = bitmap;
    assertSize(bitmap);
    const context = contextOf(width, height);
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D {
  const canvas =
    typeof OffscreenCanvas === 'function'
      ? new OffscreenCanvas(width, height)
      : Object.assign(document.createElement('canvas'), { width, height });
  // Read from memory: a canvas on a GPU may round otherwise.
  const context = canvas.getContext('2d', { willReadFrequently: true }) as ReturnType<typeof contextOf> | null;
  if (!context) throw new VitrineError('bad-image', `there is no canvas of ${width}×${height} pixels`);
  return context;
}
