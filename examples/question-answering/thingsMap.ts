import { seenShape } from './network.ts';
import { colorNames, type Item, shapeNames, size } from './questions.ts';

/**
 * How much of each thing is at each place, `[1, rows, columns, things]`: the centre of an object is shared among the four
 * places nearest to it, so that the numbers of a picture count its objects.
 */
export function thingsMap({ objects, things }: Pick<Item, 'objects' | 'things'>): {
  shape: number[];
  data: Float32Array;
} {
  const [rows, columns, channels] = seenShape;
  const data = new Float32Array(rows * columns * channels);
  objects.forEach((object, i) => {
    const { shape, color } = things[i] as (typeof things)[number];
    const channel = shapeNames.indexOf(shape) * colorNames.length + colorNames.indexOf(color);
    for (const [row, down] of shares((object.row * rows) / size - 0.5)) {
      for (const [column, across] of shares((object.column * columns) / size - 0.5)) {
        const at = (row * columns + column) * channels + channel;
        data[at] = (data[at] as number) + down * across;
      }
    }
  });
  return { shape: [1, rows, columns, channels], data };
}

/** The two whole numbers about a coordinate and the share of each. Objects keep away from the border. */
function shares(coordinate: number): readonly (readonly [number, number])[] {
  const low = Math.floor(coordinate);
  return [
    [low, 1 - (coordinate - low)],
    [low + 1, coordinate - low],
  ];
}
