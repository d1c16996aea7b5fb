/** How far a node is from its mean position on each image, `[images, 2]`. */
export function displacements(
  positions: ArrayLike<number>,
  { node, images }: { readonly node: number; readonly images: number },
): Float64Array {
  const start = 2 * node * images;
  const mean = [0, 0];
  for (let k = 0; k < 2 * images; k++)
    mean[k & 1] = (mean[k & 1] as number) + (positions[start + k] as number) / images;
  return Float64Array.from(
    { length: 2 * images },
    (_, k) => (positions[start + k] as number) - (mean[k & 1] as number),
  );
}
