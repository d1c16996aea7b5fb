import { describe, expect, test } from 'vitest';
import { blur } from '../../src/image/blur.ts';
import { isEmpty } from '../../src/image/maps/isEmpty.ts';
import { normalize } from '../../src/image/maps/normalize.ts';
import { reduceChannels } from '../../src/image/maps/reduceChannels.ts';
import { picture } from '../../src/image/picture.ts';
import { resize } from '../../src/image/resize.ts';
import { segment } from '../../src/image/segment.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { resizedPlaces } from '../oracle/cams.ts';
import { expectNear } from '../support/near.ts';

function noise(...shape: number[]): NdArray {
  const { normal } = random(0, ...shape);
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal) };
}

test.each([
  [
    [2, 3, 4],
    [5, 6, 7],
  ],
  [
    [4, 5, 6],
    [2, 5, 3],
  ],
  [
    [1, 2, 3],
    [4, 1, 2],
  ],
] as const)('resize of volumes %j to %j is trilinear', (from, to) => {
  const one = noise(...from);
  const expected = resizedPlaces([...one.data], from, to);
  const found = resize(one, to);
  expect(found.shape).toEqual(to);
  expectNear(found.data, expected, 1e-6);
  const both = { shape: [2, ...from], data: Float32Array.from([...one.data, ...one.data]) };
  expect([...resize(both, to).data]).toEqual([...found.data, ...found.data]);
  const channels = {
    shape: [1, ...from, 2],
    data: Float32Array.from([...one.data].flatMap((value) => [value, -value])),
  };
  expect([...resize(channels, to).data]).toEqual([...found.data].flatMap((value) => [value, -value]));
  expect(resize(channels, to).shape).toEqual([1, ...to, 2]);
});

test('blur of volumes: planes as pictures, the depth as rows', () => {
  const volume = noise(3, 4, 5);
  const planes = blur(volume, [0, 1.5, 1.5]);
  expectNear(planes.data, blur(volume, 1.5).data, 1e-6);
  const deep = blur({ shape: [1, 3, 20], data: volume.data }, 0.7);
  const along = blur({ shape: [3, 20], data: volume.data }, 0.7);
  expect(deep.data).toEqual(along.data);
  // Along the depth alone: each place's column of planes by itself.
  const found = blur(volume, [0.7, 0, 0]);
  for (let place = 0; place < 20; place++) {
    const column = { shape: [3, 1], data: Float32Array.from([0, 1, 2], (d) => volume.data[d * 20 + place] as number) };
    expectNear(
      [0, 1, 2].map((d) => found.data[d * 20 + place] as number),
      blur(column, 0.7).data,
      1e-6,
    );
  }
  expect(() => blur(volume, [1, -1, 1])).toThrow('"sigma" expected a finite number of at least 0, got -1');
});

test('post-processing of volumes', () => {
  const volume = { shape: [2, 1, 2, 2, 2], data: Float32Array.from({ length: 16 }, (_, i) => (i < 8 ? i : 0)) };
  expect(isEmpty(volume)).toEqual([false, true]);
  expect([...normalize(volume).data.subarray(0, 8)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => Math.fround(i / 7)));
  const { shape, data } = reduceChannels(volume);
  expect(shape).toEqual([2, 1, 2, 2]);
  expect([...data]).toEqual([1, 5, 9, 13, 0, 0, 0, 0]);
});

test('segment(source) by default: dozens of segments of small pictures, and of large ones', () => {
  const most = ({ data }: { data: ArrayLike<number> }): number => Math.max(...Array.from(data)) + 1;
  // A curved stroke on a black ground, as of a digit.
  const stroke = Float32Array.from({ length: 784 }, (_, i) => {
    const [row, column] = [Math.floor(i / 28), i % 28];
    return row < 4 || row > 23 ? 0 : Math.exp(-((column - 14 - 5 * Math.sin(row / 4)) ** 2) / 3);
  });
  const digit = { shape: [1, 28, 28, 1], data: stroke };
  expect(most(segment(digit))).toBeGreaterThan(24);
  expect(segment(digit)).toEqual(segment(digit, { slic: 50 }));
  const photo = (side: number) => {
    const made = picture(side, side);
    made.data.forEach((_, i) => {
      const [row, column] = [Math.floor(i / 4 / side) / side, ((i >> 2) % side) / side];
      made.data[i] = i % 4 === 3 ? 255 : 128 + 127 * Math.sin(9 * row + (3 + (i % 4)) * column * column * 4);
    });
    return made;
  };
  expect(most(segment(photo(32)))).toBeGreaterThan(24);
  expect(segment(photo(224))).toEqual(segment(photo(224), { quickshift: 200 }));
});

describe('supervoxels', () => {
  /** Two materials with a border through the middle of the cells that supervoxels start from, in noise. */
  const isBright = (i: number): boolean => Math.floor(i / 144) > 5;
  const { normal } = random(3);
  const scan = {
    shape: [1, 12, 12, 12, 1],
    data: Float32Array.from({ length: 1728 }, (_, i) => Number(isBright(i)) + 0.05 * normal()),
  };
  const labels = segment(scan, { slic: 27 });

  test('keep to the borders of what is in a volume', () => {
    const count = Math.max(...labels.data) + 1;
    expect(count).toBeGreaterThan(13);
    expect(count).toBeLessThan(54);
    const bright = new Float64Array(count);
    const sizes = new Float64Array(count);
    labels.data.forEach((label, i) => {
      bright[label]! += Number(isBright(i));
      sizes[label]! += 1;
    });
    const mixed = [...bright].reduce((sum, own, label) => sum + Math.min(own, (sizes[label] as number) - own), 0);
    // Cells that ignore the border would mix a sixth.
    expect(mixed / 1728).toBeLessThan(0.01);
  });

  test('are connected, each of them by faces', () => {
    const pieces = new Set<number>();
    const seen = new Uint8Array(1728);
    for (let start = 0; start < 1728; start++) {
      if (seen[start]) continue;
      const label = labels.data[start] as number;
      expect(pieces.has(label)).toBe(false);
      pieces.add(label);
      const open = [start];
      seen[start] = 1;
      for (const voxel of open) {
        const place = [Math.floor(voxel / 144), Math.floor(voxel / 12) % 12, voxel % 12];
        for (const [axis, step] of [
          [0, 144],
          [1, 12],
          [2, 1],
        ] as const) {
          for (const side of [-1, 1]) {
            const to = (place[axis] as number) + side;
            const other = voxel + side * step;
            if (to < 0 || to > 11 || seen[other] || labels.data[other] !== label) continue;
            seen[other] = 1;
            open.push(other);
          }
        }
      }
    }
  });

  test('of one plane are the superpixels of the picture', () => {
    const data = scan.data.slice(0, 144);
    const flat = segment({ shape: [1, 12, 12, 1], data }, { slic: 9 });
    expect(segment({ shape: [1, 1, 12, 12, 1], data }, { slic: 9 }).data).toEqual(flat.data);
  });
});
