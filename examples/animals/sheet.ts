import { contactSheet, fromInput, type Picture, resize } from 'vitrine';
import { categoryNames, partNames } from './anatomy.ts';
import { type Animal, drawAnimal } from './drawAnimal.ts';

/** Pictures of animals with a cross at each landmark, side by side. */
export function animalSheet(count: number, seed: number): Picture {
  const cells = Array.from({ length: count }, (_, number) => {
    const animal = drawAnimal(number, { seed, size: 128 });
    return { picture: marked(animal), title: categoryNames[animal.category] as string };
  });
  const title = `Generated animals, with the middle of ${partNames.join(', ')}`;
  return contactSheet(cells, { columns: 6, cellWidth: 128, title });
}

/** Pictures with a cross where each part was found, each part in a colour of its own. */
export function foundSheet(animals: readonly Animal[], parts: Readonly<Record<string, readonly Place[]>>): Picture {
  const cells = animals.map((animal, image) => {
    const picture = resize(pictureOf(animal), 3 * size);
    Object.values(parts).forEach((places, i) => {
      const [row, column] = places[image] as Place;
      cross(picture, [3 * row + 1, 3 * column + 1], crossColors[i % crossColors.length] as Rgb);
    });
    return { picture };
  });
  const names = Object.keys(parts).map((part, i) => `${part} ${colorNames[i % colorNames.length]}`);
  return contactSheet(cells, {
    columns: 6,
    cellWidth: 192,
    title: `Found from three annotations: ${names.join(', ')}`,
  });
}

type Place = readonly [row: number, column: number];
type Rgb = readonly [red: number, green: number, blue: number];

const size = 64;
const colorNames = ['magenta', 'white', 'cyan', 'yellow', 'black'];
const crossColors: readonly Rgb[] = [
  [255, 0, 255],
  [255, 255, 255],
  [0, 255, 255],
  [255, 255, 0],
  [0, 0, 0],
];

function marked(animal: Animal): Picture {
  const picture = pictureOf(animal);
  const { data } = animal.landmarks;
  for (let k = 0; k < data.length; k += 2) cross(picture, [data[k] as number, data[k + 1] as number], [255, 0, 255]);
  return picture;
}

function pictureOf({ image }: Animal): Picture {
  return fromInput({ shape: [...image.shape], data: image.data }, { range: [-1, 1] });
}

function cross(picture: Picture, [y0, x0]: Place, color: Rgb): void {
  const [row, column] = [Math.round(y0), Math.round(x0)];
  for (let step = -3; step <= 3; step++) {
    for (const [y, x] of [[row + step, column] as const, [row, column + step] as const]) {
      const isInside = y >= 0 && y < picture.height && x >= 0 && x < picture.width;
      if (isInside) picture.data.set(color, 4 * (y * picture.width + x));
    }
  }
}
