type Floats = Float32Array | Float64Array;

/** Adds numbers to the sums that begin at an offset. */
export function addTo(sums: Floats, numbers: Floats, offset: number = 0): void {
  // A plain loop: this runs for thousands of masks and path points, and a closure takes ten times as long.
  for (let i = 0; i < numbers.length; i++) sums[offset + i] = (sums[offset + i] as number) + (numbers[i] as number);
}
