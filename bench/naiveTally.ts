import type { LabelledActivations } from '../src/index.ts';

/** Pixels shared by masks and labels, `[units × concepts]`, by resizing every unit's map and looking at every pixel. */
export function naiveTally(
  { activations, planes }: LabelledActivations,
  thresholds: Float64Array,
  shared: Float64Array,
): void {
  const [height, width, units] = activations.shape as [number, number, number];
  const [count, rows, columns] = planes.shape as [number, number, number];
  const concepts = shared.length / units;
  const at = (row: number, column: number, unit: number): number =>
    activations.data[(Math.min(row, height - 1) * width + Math.min(column, width - 1)) * units + unit] as number;
  for (let unit = 0; unit < units; unit++) {
    for (let y = 0; y < rows; y++) {
      const down = Math.min(Math.max(((y + 0.5) * height) / rows - 0.5, 0), height - 1);
      const top = Math.floor(down);
      for (let x = 0; x < columns; x++) {
        const along = Math.min(Math.max(((x + 0.5) * width) / columns - 0.5, 0), width - 1);
        const left = Math.floor(along);
        const [a, b] = [at(top, left, unit), at(top, left + 1, unit)];
        const [c, d] = [at(top + 1, left, unit), at(top + 1, left + 1, unit)];
        const upper = a + (b - a) * (along - left);
        const value = upper + (c + (d - c) * (along - left) - upper) * (down - top);
        if (value <= (thresholds[unit] as number)) continue;
        for (let plane = 0; plane < count; plane++) {
          const number = planes.data[(plane * rows + y) * columns + x] as number;
          if (number === 0) continue;
          const place = unit * concepts + number - 1;
          shared[place] = (shared[place] as number) + 1;
        }
      }
    }
  }
}
