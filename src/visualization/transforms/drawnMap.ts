import type { AffineSampling } from '../../backend/kernels/affineSampling.ts';
import { assertRoom, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { composed, framed, identity } from './affine.ts';
import type { GeometricTransform, Outside, Placement, SeenDraw, Size } from './transform.ts';

/** Pictures that transforms have come to: their size, and what of them stands for the whole picture. */
export interface Framed {
  readonly size: Size;
  readonly frame: Size;
}

/**
 * The affine map of geometric transforms, one after the other, and in the end of the frame to the size that is seen; no
 * map where it leaves pictures as they are.
 */
export function drawnMap(
  { size, frame }: Framed,
  moves: readonly GeometricTransform[],
  at: SeenDraw,
  isLast: boolean,
): Framed & { readonly sampling: AffineSampling | undefined } {
  const drawn = moves.reduce(
    (before, move) => followed(before, checked(move, move.place(before.size, at), before.size)),
    { affine: identity, size, frame } as Drawn,
  );
  const end = isLast ? followed(drawn, framed(drawn.size, drawn.frame, at.seen)) : drawn;
  const isSame = sameNumbers(end.affine, identity) && sameNumbers(end.size, size);
  return {
    size: end.size,
    frame: end.frame,
    sampling: isSame ? undefined : { maps: [end.affine], size: end.size, outside: commonOutside(moves) },
  };
}

type Drawn = Required<Placement>;

function followed(before: Drawn, { affine, size, frame = before.frame }: Placement): Drawn {
  return { affine: composed(before.affine, affine), size, frame };
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value === b[i]);
}

/**
 * What is outside in all that are sampled together; 0.5, the middle of what pictures can be, where none says it. A picture
 * that nothing moves ends with its border.
 */
function commonOutside(moves: readonly GeometricTransform[]): Outside {
  if (moves.length === 0) return 'clamp';
  const [first, ...others] = moves.filter(({ outside }) => outside !== undefined);
  const other = others.find(({ outside }) => outside !== first?.outside);
  if (!other) return first?.outside ?? 0.5;
  throw new VitrineError(
    'bad-argument',
    `"transforms" expected one "outside" in transforms that follow each other, got ${describe(first?.outside)} of ${first?.name} and ${describe(other.outside)} of ${other.name}; a pixel transform between them parts them`,
  );
}

/** Refuses places that are not finite or too far away for the kernels, and sizes that are none. */
function checked({ name }: GeometricTransform, placement: Placement, [rows, columns]: Size): Placement {
  const { affine, size } = placement;
  const [a, b, c, d, e, f] = affine;
  const reach = (down: number, right: number, start: number): number =>
    Math.abs(down) * size[0] + Math.abs(right) * size[1] + Math.abs(start);
  if (!size.every((side) => Number.isInteger(side) && side >= 1))
    throw new VitrineError('bad-shape', `"transforms" expected sides of at least 1 of ${name}, got ${describe(size)}`);
  assertRoom('transforms', size);
  // NaN is not less than anything.
  if (reach(a, b, c) < farthest && reach(d, e, f) < farthest) return placement;
  throw new VitrineError(
    'not-finite',
    `"transforms" expected places of ${name} within ${farthest} of a picture of [${rows}, ${columns}], got the map ${describe(affine)}`,
  );
}

// In pixels; float32 numbers have that many places.
const farthest = 2 ** 24;
