/** The number of elements of an array with this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Whether two shapes have the same axes. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Where the element with a number lies along each axis. */
export function placeAt(number: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  let rest = number;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    place[axis] = rest % length;
    rest = Math.floor(rest / length);
  }
  return place;
}
