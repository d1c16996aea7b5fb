import type { Concept } from '../../src/dissection/types.ts';
import { random } from '../../src/numeric/random.ts';
import type { LabelledActivations } from '../../src/readings/labels.ts';

export const concepts: readonly Concept[] = [
  { number: 3, name: 'red', category: 'color' },
  { number: 7, name: 'house', category: 'object' },
  { number: 8, name: 'door', category: 'part' },
  { number: 12, name: 'never', category: 'object' },
  { number: 300, name: 'street', category: 'scene' },
];

export interface Shapes {
  readonly images: number;
  readonly positions: readonly [number, number];
  readonly pixels: readonly [number, number];
  readonly units: number;
}

/** Images with random activations, some of them 0 or equal, one unit constant and one dead, and random rectangles as labels. */
export function randomLabelled(
  { images, positions, pixels, units }: Shapes,
  seed: number,
): readonly LabelledActivations[] {
  const { uniform, normal } = random(seed);
  const [height, width] = pixels;
  const numbers = [3, 7, 8];
  return Array.from({ length: images }, (_, image) => {
    const activations = new Float32Array(positions[0] * positions[1] * units).map((_, i) => {
      if (i % units === 0) return 0;
      if (i % units === 1) return 0.75;
      return uniform() < 0.3 ? 0 : Math.round(normal() * 8) / 8;
    });
    const planes = new Int32Array(2 * height * width);
    for (let plane = 0; plane < 2; plane++) {
      if (uniform() < 0.2) continue;
      const [top, left] = [Math.floor(uniform() * height), Math.floor(uniform() * width)];
      const number = numbers[Math.floor(uniform() * numbers.length)] as number;
      for (let y = top; y < height; y++)
        planes.fill(number, (plane * height + y) * width + left, (plane * height + y + 1) * width);
    }
    return {
      name: `image-${image}.png`,
      activations: { shape: [...positions, units], data: activations },
      planes: { shape: [2, height, width], data: planes },
      scalars: uniform() < 0.4 ? [300, 0] : [],
    };
  });
}
