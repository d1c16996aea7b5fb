/** Writes the places of the greatest of some numbers above zero, the greatest first, and says how many there are. */
export function greatest(
  values: Float64Array,
  places: Int32Array,
  among: (place: number) => boolean = () => true,
): number {
  let count = 0;
  let least = 0;
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (value <= 0 || (count === places.length && value <= least) || !among(place)) continue;
    let at = count < places.length ? count++ : count - 1;
    for (; at > 0 && (values[places[at - 1] as number] as number) < value; at--) places[at] = places[at - 1] as number;
    places[at] = place;
    least = values[places[count - 1] as number] as number;
  }
  return count;
}
