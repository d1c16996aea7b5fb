import type { UnitGallery } from '../../src/dissection/images/unitGallery.ts';
import { parseDissection } from '../../src/dissection/results/dissectionJson.ts';
import type { Dissection } from '../../src/dissection/types.ts';
import { picture } from '../../src/image/picture.ts';
import { random } from '../../src/numeric/random.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  object: ['house', 'tree', 'sky'],
  part: ['door', 'wheel'],
  scene: ['street-s', 'beach_house-s'],
  color: ['red-c', 'blue-c'],
};

/** A dissection of any number of units with counts drawn at random, a third of them detectors. */
export function inventedDissection(units: number, seed: number): Dissection {
  const { uniform } = random(seed);
  const categories = ['color', 'object', 'part', 'scene'];
  const concepts = categories
    .flatMap((category) => (names[category] as readonly string[]).map((name) => ({ name, category })))
    .map((concept, i) => ({ number: i + 1, ...concept }));
  const drawn = (length: number, most: number): number[] =>
    Array.from({ length }, () => Math.floor(uniform() ** 6 * most));
  return parseDissection(
    JSON.stringify({
      format: 'vitrine/dissection',
      version: 1,
      threshold: 0.04,
      imageCount: 20,
      size: [16, 16],
      concepts,
      categories,
      thresholds: Array.from({ length: units }, () => uniform() * 5),
      intersection: drawn(units * concepts.length, 30),
      mask: new Array(units).fill(90),
      area: new Array(units * categories.length).fill(60),
      truth: new Array(concepts.length).fill(400),
      extent: new Array(categories.length).fill(3000),
    }),
  );
}

/** Top images for it: coloured pictures, and maps with one bright place each. */
export function inventedGallery(layers: Readonly<Record<string, Dissection>>, count: number): UnitGallery {
  const side = 24;
  const pictures = Array.from({ length: 20 }, (_, image) => {
    const data = new Uint8ClampedArray(side * side * 4).map((_, i) => (i % 4 === 3 ? 255 : (i * (image + 3)) % 251));
    return [image, picture(side, side, data)] as const;
  });
  const top = (unit: number, i: number) => {
    const [row, column] = [(unit + i) % 4, (unit * 3 + i) % 4];
    const data = new Float32Array(16);
    data[row * 4 + column] = 10 - i;
    const field = { rows: [0, 5], columns: [0, 5] } as const;
    return {
      image: (unit * 7 + i) % 20,
      activation: 10 - i,
      position: [row, column] as const,
      field,
      map: { shape: [4, 4], data },
    };
  };
  return {
    pictures: Object.fromEntries(pictures),
    layers: Object.fromEntries(
      Object.entries(layers).map(([name, { units }]) => [
        name,
        {
          upsampling: 'fill' as const,
          units: units.map((_, unit) => Array.from({ length: count }, (_, i) => top(unit, i))),
        },
      ]),
    ),
  };
}
