/** Cells of a grid, as nearly equal as the sides allow: `cells` along each side, or as many as there are places. */
export function gridLabels(lengths: readonly number[], cells: number): Int32Array {
  let labels: Int32Array = Int32Array.of(0);
  for (const length of lengths) labels = divided(labels, length, Math.min(cells, length));
  return labels;
}

/** The labels of a grid with one more axis behind the others. */
function divided(labels: Int32Array, length: number, cells: number): Int32Array {
  return Int32Array.from({ length: labels.length * length }, (_, i) => {
    const before = labels[Math.floor(i / length)] as number;
    return before * cells + Math.floor(((i % length) * cells) / length);
  });
}
