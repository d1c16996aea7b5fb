import { assertInteger } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import type { Session } from './session.ts';

/** The option of methods that change one of several inputs. */
export interface InputOption {
  /** The position of the input that is changed; by default the first that is an image (or a volume, where a method takes volumes). */
  readonly input?: number;
}

/** An input with places: an image, or a volume (frames are the planes of one). */
export interface PlacedInput {
  /** Its position among the inputs of the model. */
  readonly index: number;
  /** Rows and columns; of volumes planes, rows and columns. */
  readonly lengths: readonly number[];
  readonly channels: number;
}

/** An input with rows and columns. */
export interface ImageInput extends PlacedInput {
  readonly plane: readonly [rows: number, columns: number];
}

/** The image or the volume that a method changes: the one that was asked for, or the first. */
export function placedInput(session: Pick<Session, 'inputs'>, input: number | undefined): PlacedInput {
  const found = inputWith(session, input, isPlaced);
  if (found) return found;
  throw new VitrineError(
    'bad-shape',
    `"input" expected an image [n, h, w, c] or a volume [n, d, h, w, c], got ${given(session, input)}`,
  );
}

/** The image that a method for images alone changes: the one that was asked for, or the first. */
export function imageInput(session: Pick<Session, 'inputs'>, input: number | undefined): ImageInput {
  const found = inputWith(session, input, ({ length }) => length === 4);
  if (found) return { ...found, plane: found.lengths as readonly [number, number] };
  const volumes = inputWith(session, input, isPlaced)
    ? '; volumes are taken by occlusion, rise, lime and the methods over segments'
    : '';
  throw new VitrineError('bad-shape', `"input" expected an image [n, h, w, c], got ${given(session, input)}${volumes}`);
}

/** The position of the input that was asked for, or of the first that is an image or a volume, else of the first. */
export function chosenInput(inputs: readonly NdArray[], input: number | undefined): number {
  if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
  const placed = inputs.findIndex(({ shape }) => isPlaced(shape));
  return input ?? Math.max(placed, 0);
}

/** Whether a shape is that of images or of volumes. */
export function isPlaced({ length }: readonly number[]): boolean {
  return length === 4 || length === 5;
}

function inputWith(
  { inputs }: Pick<Session, 'inputs'>,
  input: number | undefined,
  fits: (shape: readonly number[]) => boolean,
): PlacedInput | undefined {
  if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
  const index = input ?? inputs.findIndex(({ shape }) => fits(shape));
  const shape = inputs[index]?.shape;
  if (!shape || !fits(shape)) return undefined;
  return { index, lengths: shape.slice(1, -1), channels: shape.at(-1) as number };
}

function given({ inputs }: Pick<Session, 'inputs'>, input: number | undefined): string {
  return `${input ?? 'a model'} of ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')}`;
}
