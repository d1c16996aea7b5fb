import { assertInteger } from '../../numeric/check.ts';
import type { Session } from '../session.ts';

/** The option of methods that change one of several inputs. */
export interface InputOption {
  /** The position of the input that is changed; by default the first that is an image. */
  readonly input?: number;
}

/** An input with rows and columns. */
export interface ImageInput {
  /** Its position among the inputs of the model. */
  readonly index: number;
  readonly plane: readonly [rows: number, columns: number];
  readonly channels: number;
}

/** The image that a method changes: the one that was asked for, or the first. */
export function imageInput({ inputs }: Pick<Session, 'inputs'>, input: number | undefined): ImageInput {
  if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
  const index = input ?? inputs.findIndex(({ shape }) => shape.length === 4);
  const shape = inputs[index]?.shape;
  if (shape?.length === 4)
    return { index, plane: [shape[1] as number, shape[2] as number], channels: shape[3] as number };
  const shapes = inputs.map((array) => `[${array.shape.join(', ')}]`).join(', ');
  throw new RangeError(`"input" expected an image [n, h, w, c], got ${input ?? 'a model'} of ${shapes}`);
}
