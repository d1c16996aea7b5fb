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
