import { contactSheet, example, fromInput, heatmap, type Picture, resize } from 'vitrine';
import type { MapArray } from 'vitrine/image';
import type { SheetCell } from 'vitrine/render';
import { visibleRange } from '../pictures/visibleRange.ts';
import type { Measured, Sample } from './measure.ts';
import { classes } from './studyScenes.ts';

const side = 72;

/** Some scenes, and their maps of every method. */
export function scenePicture({ x, target }: Sample, rows: readonly Measured[], count = 3): Picture {
  const shown = Array.from({ length: count }, (_, i) => i);
  const options = { columns: count, cellWidth: side };
  const scenes = shown.map(
    (i): SheetCell => ({
      picture: resize(fromInput(example(x, i), { range: [-1, 1] }), side),
      title: classes[target[i] as number] as string,
    }),
  );
  const cells = rows.map(({ name, maps }): SheetCell => {
    const pictures = shown.map((i) => ({ picture: drawn(example(maps, i), side) }));
    return { title: name, picture: contactSheet(pictures, options) };
  });
  return contactSheet([{ title: 'Scenes', picture: contactSheet(scenes, options) }, ...cells], { columns: 4 });
}

/** A map in colours. */
export function drawn(map: MapArray, size?: number): Picture {
  return heatmap(map, { ...(size !== undefined && { size }), quantile: 0.995, ...visibleRange(map) });
}
