import { assertArray, assertFiniteArray } from '../check.ts';
import { VitrineError } from '../errors.ts';
import { transposedProduct } from '../linear/vectors.ts';
import type { NdArray } from '../ndarray.ts';
import type { Sliced } from '../sliced.ts';
import { type OrthogonalSchur, orthogonalSchur } from './orthogonalSchur.ts';

/** A plane, spanned by two vectors of a basis, with the angle by which it is turned from the first to the second. */
interface RotationPlane {
  readonly first: number;
  readonly second: number;
  /** In (−π, π]. */
  readonly angle: number;
}

/** A rotation as turns of planes that are perpendicular to each other; what lies in none of them stays where it is. */
export interface RotationPlanes {
  readonly size: number;
  /** Vectors of unit length, perpendicular to each other, row by row, `[size × size]`. */
  readonly basis: Float64Array;
  readonly planes: readonly RotationPlane[];
}

/**
 * The planes in which a rotation turns, and its angles there: $\theta = \mathrm{atan2}(\sin\theta, \cos\theta)$ of each
 * block of two rows of the real Schur form.
 *
 * Vectors that are turned round, the eigenvalue −1, are put together two by two, as planes turned by π.
 *
 * @param rotation `[n, n]`, orthogonal with determinant 1.
 * @throws {VitrineError} if it is not orthogonal, or its determinant is −1.
 */
export function* rotationPlanes(rotation: NdArray<Float32Array | Float64Array>): Sliced<RotationPlanes> {
  const size = yield* assertOrthogonal(rotation);
  const schur = yield* orthogonalSchur(Float64Array.from(rotation.data), size);
  const planes: RotationPlane[] = [];
  const turnedRound: number[] = [];
  schur.starts.forEach((start, i) => {
    const end = schur.starts[i - 1] ?? size;
    if (end - start === 1) {
      if ((schur.blocks[start * size + start] as number) < 0) turnedRound.push(start);
      return;
    }
    const angle = angleOf(schur, start);
    if (angle === undefined) turnedRound.push(splitReflection(schur, start));
    else planes.push({ first: start, second: start + 1, angle });
  });
  return { size, basis: schur.basis, planes: [...planes, ...halfTurns(turnedRound)] };
}

function* assertOrthogonal(rotation: NdArray<Float32Array | Float64Array>): Sliced<number> {
  assertArray('rotation', rotation, [2]);
  assertFiniteArray('rotation', rotation);
  const [rows, columns] = rotation.shape as readonly [number, number];
  if (rows !== columns)
    throw new VitrineError('bad-shape', `"rotation" expected a square matrix, got shape [${rows}, ${columns}]`);
  const matrix = Float64Array.from(rotation.data);
  const products = yield* transposedProduct(matrix, matrix, rows);
  const off = products.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(i % (rows + 1) === 0))), 0);
  // What 32-bit floats leave of it.
  if (off < 1e-5) return rows;
  throw new VitrineError(
    'bad-argument',
    `"rotation" expected an orthogonal matrix, got one with |QᵀQ − I| up to ${off.toPrecision(2)}`,
  );
}

/** The angle of a block of two rows; none where it is a reflection. */
function angleOf({ blocks, basis }: OrthogonalSchur, start: number): number | undefined {
  const [a, b, c, d] = blockAt(blocks, start, Math.sqrt(basis.length));
  return a * d - b * c > 0 ? Math.atan2(c - b, a + d) : undefined;
}

function blockAt(blocks: Float64Array, start: number, n: number): readonly [number, number, number, number] {
  const corner = start * n + start;
  return [corner, corner + 1, corner + n, corner + n + 1].map((place) => blocks[place]) as never;
}

/** Turns two vectors of the basis into the one that a reflection keeps and the one that it turns round, the second. */
function splitReflection({ blocks, basis }: OrthogonalSchur, start: number): number {
  const n = Math.sqrt(basis.length);
  const [a, b, c, d] = blockAt(blocks, start, n);
  const half = Math.atan2(b + c, a - d) / 2;
  const [cosine, sine] = [Math.cos(half), Math.sin(half)];
  for (let i = start * n; i < (start + 1) * n; i++) {
    const [kept, turned] = [basis[i] as number, basis[i + n] as number];
    basis[i] = cosine * kept + sine * turned;
    basis[i + n] = cosine * turned - sine * kept;
  }
  return start + 1;
}

function halfTurns(turnedRound: readonly number[]): readonly RotationPlane[] {
  if (turnedRound.length % 2 === 1) {
    throw new VitrineError(
      'bad-argument',
      '"rotation" expected determinant 1, got −1: a reflection cannot be reached step by step',
    );
  }
  return turnedRound.flatMap((first, i) =>
    i % 2 === 0 ? [{ first, second: turnedRound[i + 1] as number, angle: Math.PI }] : [],
  );
}
