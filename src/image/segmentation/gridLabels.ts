/** Cells of a grid, as nearly equal as the sides allow: `cells` along each side, or as many as there are pixels. */
export function gridLabels(height: number, width: number, cells: number): Int32Array {
  const [rows, columns] = [Math.min(cells, height), Math.min(cells, width)];
  const labels = new Int32Array(height * width);
  for (let row = 0; row < height; row++) {
    const cellRow = Math.floor((row * rows) / height);
    for (let column = 0; column < width; column++) {
      labels[row * width + column] = cellRow * columns + Math.floor((column * columns) / width);
    }
  }
  return labels;
}
