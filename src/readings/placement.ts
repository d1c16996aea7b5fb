import { receptiveField } from '../network/fields/receptiveField.ts';
import type { Network } from '../network/network.ts';
import { describe, type PerAxis, perAxis } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';

/**
 * Where the positions of a layer lie in the image, in pixels; the centre of the first pixel is 0. Callers may give one
 * number for both axes, `Placement<PerAxis>`; functions take the fields that they need.
 */
export interface Placement<P = readonly [rows: number, columns: number]> {
  /** Rows and columns of the layer. */
  readonly size: readonly [rows: number, columns: number];
  /** The pixel that position (0, 0) stands for: the centre of its receptive field, see `receptiveField`. */
  readonly centre: P;
  /** Pixels from a position to the next. */
  readonly jump: P;
  /** Rows and columns of the image. */
  readonly imageSize: P;
}

/** How a layer is stretched over the image: so that its positions fill it, or with each of them in its place. */
export type Upsampling = 'fill' | Pick<Placement<PerAxis>, 'centre' | 'jump' | 'imageSize'>;

/** How layers of a known model are stretched: with their positions at the centres of their receptive fields, or as given. */
export type LayerUpsampling = 'receptiveField' | Upsampling;

/**
 * The centres of the receptive fields of a layer, in images of a size. Gates are left out of the fields, since through
 * them every position sees everything.
 */
export function fieldPlacement(
  network: Network,
  layer: string,
  imageSize: Placement['imageSize'],
): Pick<Placement, 'centre' | 'jump' | 'imageSize'> {
  const { centre, jump } = receptiveField(network, layer, { ignoreGates: true });
  // A layer of one row or column lies everywhere in that direction.
  return { centre, jump: [jump[0] || imageSize[0], jump[1] || imageSize[1]], imageSize };
}

/** The rows and columns of what a network takes, where it does not leave them open. */
export function imageSizeOf({ inputs }: Network): Placement['imageSize'] | undefined {
  const [, rows, columns] = inputs[0]?.shape ?? [];
  return typeof rows === 'number' && typeof columns === 'number' ? [rows, columns] : undefined;
}

/** How a layer of a known model is stretched, unless told otherwise by its receptive fields. */
export function upsamplingOf(
  network: Network,
  layer: string,
  upsampling: LayerUpsampling = 'receptiveField',
): Upsampling {
  if (upsampling !== 'receptiveField') return upsampling;
  const size = imageSizeOf(network);
  if (size) return fieldPlacement(network, layer, size);
  throw new VitrineError(
    'bad-argument',
    '"upsampling" expected "fill" or {centre, jump, imageSize} for a model that leaves its input size open',
  );
}

/** The positions of a layer, wherever it ends. */
export type LayerGrid = Pick<Placement, 'size' | 'centre' | 'jump'>;

/** The pixels of the rows (axis 0) or columns (axis 1) of a layer. */
export function pixelsAlong({ size, centre, jump }: LayerGrid, axis: 0 | 1): Float64Array {
  return Float64Array.from({ length: size[axis] }, (_, i) => centre[axis] + i * jump[axis]);
}

/** Refuses what says nothing of where positions lie; a check of options. */
export function assertUpsampling(argument: string, upsampling: unknown): void {
  if (upsampling === 'fill') return;
  if (typeof upsampling !== 'object' || upsampling === null) {
    const expected = '"fill" or {centre, jump, imageSize}';
    throw new VitrineError('bad-argument', `"${argument}" expected ${expected}, got ${describe(upsampling)}`);
  }
  const { centre, jump, imageSize } = upsampling as Partial<Placement<PerAxis>>;
  perAxis(`${argument}.centre`, centre as PerAxis);
  perAxis(`${argument}.jump`, jump as PerAxis, Number.MIN_VALUE);
  perAxis(`${argument}.imageSize`, imageSize as PerAxis, 1);
}

/** The same where a model is known. */
export function assertLayerUpsampling(argument: string, upsampling: unknown): void {
  if (upsampling !== 'receptiveField') assertUpsampling(argument, upsampling);
}

/** The number of one axis. */
export function along(both: PerAxis, axis: 0 | 1): number {
  return typeof both === 'number' ? both : both[axis];
}
