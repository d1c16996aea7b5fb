/**
 * P(|Z| ≥ z) of the standard normal distribution, for z ≥ 0, to about 1e-14 of its value: by the series of its integral
 * where z is small (Abramowitz and Stegun, 26.2.11), and by the continued fraction of its tail elsewhere (26.2.14).
 */
export function twoSidedNormalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let [sum, term] = [0, z];
    for (let k = 1; term > 1e-17 * (sum + term); k += 2) {
      sum += term;
      term *= (z * z) / (k + 2);
    }
    return 1 - 2 * density * sum;
  }
  let fraction = z;
  for (let k = 200; k > 0; k--) fraction = z + k / fraction;
  return (2 * density) / fraction;
}
