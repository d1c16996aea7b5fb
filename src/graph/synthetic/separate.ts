import type { Random } from '../../numeric/random.ts';

type Place = readonly [row: number, column: number];

/** Places in the middle part of an image, as far apart as a quarter of its side where that can be had. */
export function separate(
  { uniform }: Random,
  { count, imageSize }: { readonly count: number; readonly imageSize: number },
): readonly Place[] {
  const [low, high] = [0.22 * imageSize, 0.78 * imageSize];
  const places: Place[] = [];
  let apart = imageSize / 4;
  while (places.length < count) {
    const place: Place = [low + uniform() * (high - low), low + uniform() * (high - low)];
    const isFree = places.every(([row, column]) => Math.hypot(row - place[0], column - place[1]) >= apart);
    if (isFree) places.push(place);
    // Where the places so far leave no room.
    else apart *= 0.995;
  }
  return places;
}
