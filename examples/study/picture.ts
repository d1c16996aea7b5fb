import { contactSheet, example, fromInput, heatmap, type Picture, resize, type SheetCell } from 'vitrine';
import type { Measured, Sample } from './measure.ts';
import { classes } from './studyScenes.ts';

const side = 96;

/** Some scenes, and below each the map of every method. */
export function scenePicture({ x, target }: Sample, rows: readonly Measured[], count = 6): Picture {
  const shown = Array.from({ length: count }, (_, i) => i);
  const scenes = shown.map(
    (i): SheetCell => ({
      picture: resize(fromInput(example(x, i), { range: [-1, 1] }), side),
      title: classes[target[i] as number] as string,
    }),
  );
  const maps = rows.flatMap(({ name, maps: found }) =>
    shown.map(
      (i): SheetCell => ({
        picture: heatmap(example(found, i), { percentile: 99.5, size: side }),
        title: i === 0 ? name : '',
      }),
    ),
  );
  return contactSheet([...scenes, ...maps], { columns: count, cellWidth: side });
}
