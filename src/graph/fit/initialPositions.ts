import type { Random } from '../../numeric/random.ts';
import { pixelsAlong } from '../../readings/placement.ts';
import type { Responses } from '../mixture/responses.ts';

/**
 * Distinct positions for the nodes of a filter to begin at, in pixels, `[count, 2]`: drawn one after the other with
 * probabilities in proportion to the summed response times the squared distance from the nearest drawn before
 * (k-means++), so that every part is likely to get a node.
 *
 * Source: Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding", §2.2.
 */
export function initialPositions(
  { grid, rows, columns, values }: Responses,
  count: number,
  random: Random,
): Float64Array {
  const width = grid.size[1];
  const mass = new Float64Array(grid.size[0] * width);
  values.forEach((value, k) => {
    const place = (rows[k] as number) * width + (columns[k] as number);
    mass[place] = (mass[place] as number) + value;
  });
  const [down, across] = [pixelsAlong(grid, 0), pixelsAlong(grid, 1)];
  const rowOf = (place: number): number => down[Math.floor(place / width)] as number;
  const columnOf = (place: number): number => across[place % width] as number;
  const nearest = new Float64Array(mass.length).fill(1);
  const positions = new Float64Array(2 * count);
  for (let node = 0; node < count; node++) {
    const chosen = drawn(mass, nearest, random);
    positions[2 * node] = rowOf(chosen);
    positions[2 * node + 1] = columnOf(chosen);
    for (let place = 0; place < mass.length; place++) {
      const distance = (rowOf(place) - rowOf(chosen)) ** 2 + (columnOf(place) - columnOf(chosen)) ** 2;
      nearest[place] = node === 0 ? distance : Math.min(nearest[place] as number, distance);
    }
  }
  return positions;
}

/** A place drawn in proportion to mass × distance; once all places with mass are taken, one of the others that are free. */
function drawn(mass: Float64Array, nearest: Float64Array, { uniform }: Random): number {
  const weighted = mass.map((own, place) => own * (nearest[place] as number));
  const weights = weighted.some((weight) => weight > 0) ? weighted : nearest;
  let rest = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  let last = 0;
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] as number;
    if (weight === 0) continue;
    last = place;
    rest -= weight;
    if (rest < 0) break;
  }
  return last;
}
