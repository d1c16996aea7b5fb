import type { LayerInference } from '../inferPatterns.ts';

/** Whether two nodes are found within a distance of each other on more than half of the images. */
export function agreeing(
  { positions }: LayerInference,
  [one, other]: readonly [number, number],
  distance: number,
): boolean {
  const [images, nodes] = positions.shape as [number, number, number];
  let near = 0;
  for (let image = 0; image < images; image++) {
    const [a, b] = [2 * (image * nodes + one), 2 * (image * nodes + other)];
    const rows = (positions.data[a] as number) - (positions.data[b] as number);
    const columns = (positions.data[a + 1] as number) - (positions.data[b + 1] as number);
    if (Math.hypot(rows, columns) <= distance) near++;
  }
  return 2 * near > images;
}
