import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { gradientsByTape } from '../../scoring/gradientsByTape.ts';
import type { Parameterization, RenderIo } from './parameterization.ts';

/** Pictures, and the way back to their parameters. */
export interface Rendered {
  /** `[n, h, w, c]` of 0 to 1, or with an opacity as one channel more. */
  readonly pictures: Tensor4D;
  /** The gradient of each parameter from that of the pictures: of what is minimised, which matters at the edges of a clipped range. */
  readonly pullback: (cotangent: Tensor4D) => readonly Tensor[];
}

/**
 * Renders parameters, in the caller's `tf.tidy`. Where the parameterization has no pullback, tfjs's tape differentiates
 * its `render`, and nothing else.
 *
 * @throws {VitrineError} if `render` makes no pictures of the shape, or `pullback` not the gradient of each parameter.
 */
export function rendered(parameterization: Parameterization, parameters: readonly Tensor[], io: RenderIo): Rendered {
  const pictures = checkedPictures(parameterization.render(parameters, io), parameterization, io);
  return {
    pictures,
    pullback(cotangent) {
      const { pullback } = parameterization;
      if (!pullback) return gradientsByTape((...values) => parameterization.render(values, io), parameters, cotangent);
      return checkedGradients(pullback(cotangent, { ...io, parameters, pictures }), parameters);
    },
  };
}

function checkedPictures(pictures: unknown, { name }: Parameterization, { shape }: RenderIo): Tensor4D {
  const { count, size, channels } = shape;
  const fits = (got: readonly number[]): boolean =>
    got.length === 4 && got[0] === count && got[1] === size[0] && got[2] === size[1];
  if (
    pictures instanceof Tensor &&
    fits(pictures.shape) &&
    [channels, channels + 1].includes(pictures.shape[3] as number)
  )
    return pictures as Tensor4D;
  const got = pictures instanceof Tensor ? `[${pictures.shape.join(', ')}]` : describe(pictures);
  throw new VitrineError(
    'bad-shape',
    `"parameterization" expected "${name}" to render [${[count, ...size, channels].join(', ')}], got ${got}`,
  );
}

function checkedGradients(gradients: readonly Tensor[], parameters: readonly Tensor[]): readonly Tensor[] {
  const fits = (gradient: unknown, i: number): boolean =>
    gradient instanceof Tensor && gradient.shape.join() === (parameters[i] as Tensor).shape.join();
  if (Array.isArray(gradients) && gradients.length === parameters.length && gradients.every(fits)) return gradients;
  throw new VitrineError(
    'bad-shape',
    `"parameterization" expected a pullback with the gradient of each of ${parameters.length} parameters, got ${describe(gradients)}`,
  );
}
