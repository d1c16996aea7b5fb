import { expect, test } from 'vitest';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { shiftLabels } from '../../src/dissection/synthetic/shiftLabels.ts';
import { random } from '../../src/numeric/random.ts';
import type { Labels } from '../../src/readings/labels.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

const samples = randomLabelled({ images: 8, positions: [4, 4], pixels: [7, 9], units: 4 }, 3);

async function read<S>(dataset: () => AsyncIterable<S>): Promise<readonly S[]> {
  const items: S[] = [];
  for await (const item of dataset()) items.push(item);
  return items;
}

test('each pixel goes as far, around the border; all else stays', async () => {
  for (const [image, moved] of (await read(shiftLabels(samples, { seed: 5 }))).entries()) {
    const { planes, ...rest } = samples[image] as (typeof samples)[number];
    const { integer } = random(5, image);
    const [down, right] = [integer(7), integer(9)];
    const { planes: found, ...others } = moved;
    expect(others).toEqual(rest);
    const at = ({ data }: Labels['planes'], plane: number, row: number, column: number): number =>
      data[(plane * 7 + row) * 9 + column] as number;
    for (const plane of [0, 1]) {
      for (let row = 0; row < 7; row++) {
        for (let column = 0; column < 9; column++) {
          expect(at(found, plane, (row + down) % 7, (column + right) % 9)).toBe(at(planes, plane, row, column));
        }
      }
    }
  }
});

test('a seed decides, and can be read again', async () => {
  const first = await read(shiftLabels(samples));
  expect(await read(shiftLabels(samples))).toEqual(first);
  expect(await read(shiftLabels(samples, { seed: 1 }))).not.toEqual(first);
});

test('concepts keep their areas, and detectors are gone', async () => {
  // A unit that is on where the first concept is.
  const planted = samples.map((sample) => ({
    ...sample,
    activations: {
      shape: [7, 9, 1],
      data: Float32Array.from({ length: 63 }, (_, i) =>
        Number(sample.planes.data[i] === 3 || sample.planes.data[63 + i] === 3),
      ),
    },
  }));
  const options = { concepts, quantile: 0.5 };
  const found = await dissectActivations(planted, options);
  const chance = await dissectActivations(shiftLabels(planted), { ...options, imageCount: planted.length });
  expect(chance.truth).toEqual(found.truth);
  expect(found.units[0]?.best).toMatchObject({ concept: 'red', iou: 1 });
  expect(chance.units[0]?.byCategory['color']?.iou ?? 0).toBeLessThan(0.8);
});
