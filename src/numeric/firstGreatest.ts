/** The place of the first of the greatest numbers; NaN is none, and −1 the place where there is no number. */
export function firstGreatest(values: ArrayLike<number>): number {
  let [place, most] = [-1, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (value > most || (place < 0 && value === most)) [place, most] = [k, value];
  }
  return place;
}
