import { contactSheet, fromInput, type Picture } from 'vitrine';
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

function marked({ image, landmarks }: Animal): Picture {
  const picture = fromInput({ shape: [...image.shape], data: image.data }, { range: [-1, 1] });
  for (let k = 0; k < landmarks.data.length; k += 2) {
    const [row, column] = [Math.round(landmarks.data[k] as number), Math.round(landmarks.data[k + 1] as number)];
    for (let step = -3; step <= 3; step++) {
      for (const [y, x] of [[row + step, column] as const, [row, column + step] as const]) {
        const isInside = y >= 0 && y < picture.height && x >= 0 && x < picture.width;
        if (isInside) picture.data.set([255, 0, 255], 4 * (y * picture.width + x));
      }
    }
  }
  return picture;
}
