import type { Random } from './random.ts';

const bits = 30;

/**
 * The first points of a Sobol' sequence in [0, 1), shifted at random: of any $2^k$ of them that begin at a multiple of
 * $2^k$, every coordinate has one in each of $2^k$ equal intervals.
 *
 * Source: Sobol' 1967, "On the distribution of points in a cube and the approximate evaluation of integrals", with the
 * recurrence of Bratley and Fox 1988, Eq. (2), initial numbers drawn at random, and a random digital shift.
 *
 * @returns `[count × dimensions]`
 */
export function sobolSequence(count: number, dimensions: number, random: Random): Float64Array {
  const polynomials = primitivePolynomials(dimensions - 1);
  const points = new Float64Array(count * dimensions);
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const polynomial = polynomials[dimension - 1];
    const directions = polynomial === undefined ? vanDerCorput() : directionNumbers(polynomial, random);
    let digits = random.integer(2 ** bits);
    for (let i = 0; i < count; i++) {
      points[i * dimensions + dimension] = digits / 2 ** bits;
      // Gray code: one direction more or less from one point to the next, that of the lowest zero bit of its number.
      digits ^= directions[lowestZero(i)] as number;
    }
  }
  return points;
}

/** The first coordinate: the reversed bits of the number. */
function vanDerCorput(): Int32Array {
  return Int32Array.from({ length: bits }, (_, i) => 2 ** (bits - 1 - i));
}

/** $v_i = a_1 v_{i-1} \oplus \dots \oplus a_{d-1} v_{i-d+1} \oplus v_{i-d} \oplus (v_{i-d} \gg d)$. */
function directionNumbers(polynomial: number, { integer }: Random): Int32Array {
  const degree = 31 - Math.clz32(polynomial);
  const directions = new Int32Array(bits);
  for (let i = 0; i < bits; i++) {
    if (i < degree) {
      // An odd number below 2^(i + 1).
      directions[i] = (2 * integer(2 ** i) + 1) << (bits - 1 - i);
      continue;
    }
    const oldest = directions[i - degree] as number;
    let direction = oldest ^ (oldest >> degree);
    for (let k = 1; k < degree; k++) {
      if ((polynomial >> (degree - k)) & 1) direction ^= directions[i - k] as number;
    }
    directions[i] = direction;
  }
  return directions;
}

function lowestZero(number: number): number {
  return 31 - Math.clz32(~number & (number + 1));
}

/**
 * The first primitive polynomials over the field of two elements, by degree and then by value; bit `i` is the
 * coefficient of $x^i$. A polynomial of degree d is primitive where the powers of x modulo it are all $2^d - 1$ others
 * but zero.
 */
export function primitivePolynomials(count: number): readonly number[] {
  const found: number[] = [];
  for (let degree = 1; found.length < count; degree++) {
    // Without a constant term x would be a factor.
    for (let polynomial = 2 ** degree + 1; polynomial < 2 ** (degree + 1); polynomial += 2) {
      if (isPrimitive(polynomial, degree)) found.push(polynomial);
      if (found.length === count) break;
    }
  }
  return found;
}

function isPrimitive(polynomial: number, degree: number): boolean {
  const order = 2 ** degree - 1;
  let power = 1;
  for (let exponent = 1; exponent <= order; exponent++) {
    power <<= 1;
    if (power > order) power ^= polynomial;
    if (power === 1) return exponent === order;
  }
  return false;
}
