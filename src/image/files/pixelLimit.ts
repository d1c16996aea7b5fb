import { VitrineError } from '../../numeric/errors.ts';

/** Refuses a picture that is too large, before its pixels are made room for. */
export type AssertSize = (size: { readonly width: number; readonly height: number }) => void;

/** What refuses pictures of more pixels, found in bytes of a certain kind. */
export function pixelLimit(maxPixels: number, found: string): AssertSize {
  return ({ width, height }) => {
    if (width * height > maxPixels) throw tooManyPixels(maxPixels, `${found} of ${width}×${height}`);
  };
}

/** The error for a picture that is too large: not that of a corrupt one. */
export function tooManyPixels(maxPixels: number, got: string): VitrineError {
  return new VitrineError(
    'too-large',
    `"bytes" expected a picture of at most ${maxPixels} pixels (maxPixels), got ${got}`,
  );
}

/** Whether a picture was refused for its size. */
export function isTooManyPixels(cause: unknown): boolean {
  return cause instanceof VitrineError && cause.code === 'too-large';
}
