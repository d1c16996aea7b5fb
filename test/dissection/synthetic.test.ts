import { expect, test } from 'vitest';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { type ColorName, colorNames, colors } from '../../src/dissection/synthetic/colors.ts';
import { type SyntheticSample, syntheticConcepts } from '../../src/dissection/synthetic/syntheticConcepts.ts';

const { concepts, categories, classes, samples } = syntheticConcepts({ count: 60, size: 32 });
const area = 32 * 32;

const named = new Map(concepts.map(({ number, name, category }) => [number, { name, category }]));
const numberOf = (wanted: string): number => concepts.find(({ name }) => name === wanted)?.number as number;
const nameOf = (number: number | undefined): string | undefined => named.get(number ?? 0)?.name;

/** The label of a pixel in one of the planes: color, object, part, material. */
function labelOf({ planes }: SyntheticSample, plane: number, pixel: number): number {
  return planes.data[plane * area + pixel] as number;
}

/** Red, green and blue from 0 to 1. */
function colorOf({ image }: SyntheticSample, pixel: number): readonly [number, number, number] {
  const at = (channel: number): number => ((image.data[pixel * 3 + channel] as number) + 1) / 2;
  return [at(0), at(1), at(2)];
}

function forEachPixel(visit: (sample: SyntheticSample, pixel: number) => void): void {
  for (const sample of samples) for (let pixel = 0; pixel < area; pixel++) visit(sample, pixel);
}

test('same seed, same bits; another seed, others', () => {
  expect(syntheticConcepts({ count: 60, size: 32 }).samples).toEqual(samples);
  const other = syntheticConcepts({ count: 1, size: 32, seed: 1 }).samples[0];
  expect(other?.image.data).not.toEqual(samples[0]?.image.data);
});

test('the first pictures of a larger set are those of a smaller one', () => {
  expect(syntheticConcepts({ count: 5, size: 32 }).samples).toEqual(samples.slice(0, 5));
});

test('shapes, names, ranges', () => {
  expect(categories).toEqual(['color', 'object', 'part', 'material', 'scene', 'texture']);
  expect(new Set(concepts.map(({ category }) => category))).toEqual(new Set(categories));
  expect(concepts.map(({ number }) => number)).toEqual(concepts.map((_, i) => i + 1));
  for (const { image, planes, name, class: index } of samples) {
    expect([image.shape, planes.shape]).toEqual([
      [32, 32, 3],
      [4, 32, 32],
    ]);
    expect(image.data.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(name).toContain(classes[index]);
  }
  expect(new Set(samples.map((sample) => sample.class)).size).toBe(classes.length);
});

test('every concept occurs, in the plane of its category', () => {
  const seen = new Set<number>();
  for (const sample of samples) {
    for (const number of sample.scalars) seen.add(number);
    const [scene, texture] = sample.scalars.map((number) => named.get(number)?.category);
    expect([scene, texture ?? 'texture']).toEqual(['scene', 'texture']);
  }
  const planes = ['color', 'object', 'part', 'material'];
  forEachPixel((sample, pixel) => {
    planes.forEach((category, plane) => {
      const number = labelOf(sample, plane, pixel);
      if (number === 0) return;
      seen.add(number);
      if (named.get(number)?.category !== category) throw new Error(`${nameOf(number)} among ${category}`);
    });
  });
  expect(concepts.filter(({ number }) => !seen.has(number))).toEqual([]);
});

test('an object is what the class says, before sky over ground, and has parts and materials', () => {
  forEachPixel((sample, pixel) => {
    const [object, part, material] = [1, 2, 3].map((plane) => labelOf(sample, plane, pixel));
    const isThing = nameOf(object) === classes[sample.class];
    const isWhole = isThing ? part !== 0 && material !== 0 : part === 0 && material === 0;
    const isBackground = object === numberOf('sky') || object === numberOf('ground');
    if (!isWhole || isThing === isBackground) throw new Error(`${nameOf(object)} of ${part}, ${material}`);
  });
  for (const { planes, class: index } of samples) {
    const objects = planes.data.subarray(area, 2 * area);
    const [lastSky, firstGround] = [objects.lastIndexOf(numberOf('sky')), objects.indexOf(numberOf('ground'))];
    expect([lastSky >= 0, Math.floor(lastSky / 32) < Math.floor(firstGround / 32)]).toEqual([true, true]);
    expect(objects.filter((number) => number === numberOf(classes[index] as string)).length).toBeGreaterThan(20);
  }
});

// What must hold of the mean of all pixels of a colour, whatever exactly is meant by the word.
const plausible: Readonly<Record<string, (red: number, green: number, blue: number) => boolean>> = {
  black: (red, green, blue) => Math.max(red, green, blue) < 0.5,
  white: (red, green, blue) => Math.min(red, green, blue) > 0.6,
  grey: (red, green, blue) => Math.max(red, green, blue) - Math.min(red, green, blue) < 0.6,
  red: (red, green, blue) => red > green && red > blue,
  green: (red, green, blue) => green > red && green > blue,
  blue: (red, green, blue) => blue > red && blue > green,
  yellow: (red, green, blue) => Math.min(red, green) > blue,
  orange: (red, green, blue) => red > blue && green > blue,
  pink: (red, green) => red > green,
  purple: (_, green, blue) => blue > green,
  brown: (red, _, blue) => red > blue,
};

test('the colour of a pixel is that of the picture', () => {
  const sums = new Map<string, { count: number; color: number[] }>();
  forEachPixel((sample, pixel) => {
    const name = nameOf(labelOf(sample, 0, pixel)) as ColorName;
    const color = colorOf(sample, pixel);
    const far = (other: ColorName): number =>
      Math.hypot(...color.map((value, i) => value - (colors[other][i] as number)));
    const nearer = colorNames.filter((other) => far(other) < far(name) - 1e-9);
    if (nearer.length > 0) throw new Error(`${nearer} rather than ${name}`);
    const sum = sums.get(name) ?? { count: 0, color: [0, 0, 0] };
    sums.set(name, { count: sum.count + 1, color: sum.color.map((value, i) => value + (color[i] as number)) });
  });
  for (const [name, { count, color }] of sums) {
    const [red, green, blue] = color.map((sum) => sum / count) as [number, number, number];
    expect([name, plausible[name]?.(red, green, blue)]).toEqual([name, true]);
  }
});

test('options', () => {
  expect(() => syntheticConcepts({ count: 0 })).toThrow('"count" expected an integer of at least 1, got 0');
  expect(() => syntheticConcepts({ size: 15 })).toThrow('"size" expected an integer of at least 16, got 15');
  expect(() => syntheticConcepts({ seed: 0.5 })).toThrow('"seed" expected a safe integer');
});

test('a unit that is active where a part is, is a detector of that part', async () => {
  const roof = numberOf('roof');
  const labelled = samples.map(({ planes, scalars, name }) => ({
    planes,
    scalars,
    name,
    activations: {
      shape: [32, 32, 1],
      data: Float32Array.from(planes.data.subarray(2 * area, 3 * area), (number) => (number === roof ? 1 : 0)),
    },
  }));
  const { units } = await dissectActivations(labelled, { concepts, categories, quantile: 0.05 });
  expect(units[0]?.best).toMatchObject({ concept: 'roof', category: 'part', iou: 1 });
});
