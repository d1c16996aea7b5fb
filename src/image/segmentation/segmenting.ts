import { assertFiniteArray, assertInteger, assertNumber, assertWidth, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { assertPicture, isPicture } from '../assertPicture.ts';
import { type Places, placesOf } from '../maps/planes.ts';
import type { MapArray, Picture, Segments } from '../types.ts';
import { assertLabels } from './assertLabels.ts';
import { felzenszwalbLabels } from './felzenszwalbLabels.ts';
import { defaultSegments, gridLabels } from './gridLabels.ts';
import { type UnitPlane, unitPlane } from './plane.ts';
import { quickshiftLabels } from './quickshiftLabels.ts';
import { slicLabels } from './slicLabels.ts';

/** Divides a picture, each image or each volume of an array into segments, as `segment` describes. */
export function* segmenting(source: Picture | MapArray, segments?: Segments): Sliced<NdArray<Int32Array>> {
  if (isPicture(source)) {
    assertPicture('source', source);
    const { height, width } = source;
    const places = { count: 1, lengths: [height, width], channels: 3 };
    return { shape: [height, width], data: yield* labelsOf(places, () => colorsOf(source), segments) };
  }
  const places = placesOf('source', source, source?.shape?.length === 5 ? 3 : 2);
  assertFiniteArray('source', source);
  const { count, lengths, channels } = places;
  const [depth, height, width] = (lengths.length === 2 ? [1, ...lengths] : lengths) as [number, number, number];
  const size = sizeOf(lengths) * channels;
  const imageAt = (i: number): UnitPlane =>
    unitPlane(source.data.subarray(i * size, (i + 1) * size), { depth, height, width, channels });
  return { shape: [count, ...lengths], data: yield* labelsOf(places, imageAt, segments) };
}

function colorsOf({ height, width, data }: Picture): UnitPlane {
  const colors = data.filter((_, i) => i % 4 !== 3);
  return unitPlane(colors, { depth: 1, height, width, channels: 3 }, [0, 255]);
}

function* labelsOf(
  places: Places,
  imageAt: (i: number) => UnitPlane,
  segments: Segments = defaultSegments(places.lengths),
): Sliced<Int32Array> {
  if (typeof segments === 'object' && segments !== null && 'data' in segments) return assertLabels(segments, places);
  const { count, lengths } = places;
  const size = sizeOf(lengths);
  const labels = new Int32Array(count * size);
  const divide = divisionBy(segments, lengths);
  for (let i = 0; i < count; i++) {
    labels.set(yield* divide(() => imageAt(i)), i * size);
    yield size;
  }
  return labels;
}

type Division = (image: () => UnitPlane) => Sliced<Int32Array>;

/** What each way of dividing may say besides. */
const details: Readonly<Record<string, readonly string[]>> = {
  grid: [],
  slic: ['compactness'],
  felzenszwalb: ['sigma', 'minSize'],
  quickshift: ['kernelSize', 'ratio'],
};

function assertDetails(segments: object): void {
  const names = Object.keys(segments);
  const way = names.find((name) => name in details);
  const other = names.find((name) => name !== way && !details[way ?? '']?.includes(name));
  if (way === undefined || other === undefined) return;
  const known = details[way] as readonly string[];
  const expected = `{${way}${known.length > 0 ? `, with or without ${known.join(', ')}` : ''}}`;
  throw new VitrineError('unknown-option', `"segments" expected ${expected}, got "${other}" in it`);
}

function divisionBy(segments: Exclude<Segments, NdArray<Int32Array>>, lengths: readonly number[]): Division {
  if (typeof segments === 'object' && segments !== null) {
    assertDetails(segments);
    if ('grid' in segments) {
      const { grid } = segments;
      assertInteger('segments.grid', grid, [1, Number.POSITIVE_INFINITY]);
      return function* () {
        yield 10 * sizeOf(lengths);
        return gridLabels(lengths, grid);
      };
    }
    if ('slic' in segments) {
      const { slic: count, compactness = 10 } = segments;
      assertInteger('segments.slic', count, [1, Number.POSITIVE_INFINITY]);
      assertNumber('segments.compactness', compactness, 0);
      return (image) => slicLabels(image(), { count, compactness });
    }
    if (lengths.length > 2) {
      throw new VitrineError(
        'bad-argument',
        `"segments" expected labels [${lengths.join(', ')}], {grid} or {slic} for volumes, got {${Object.keys(segments).join(', ')}}`,
      );
    }
    if ('felzenszwalb' in segments) {
      const { felzenszwalb: scale, sigma = 0.8, minSize = 20 } = segments;
      assertNumber('segments.felzenszwalb', scale, 0);
      assertWidth('segments.sigma', sigma);
      assertInteger('segments.minSize', minSize, [0, Number.POSITIVE_INFINITY]);
      return (image) => felzenszwalbLabels(image(), { scale, sigma, minSize });
    }
    if ('quickshift' in segments) {
      const { quickshift: maxDistance, kernelSize = 4, ratio = 0.2 } = segments;
      assertNumber('segments.quickshift', maxDistance, 0);
      assertNumber('segments.kernelSize', kernelSize, 1e-3);
      assertNumber('segments.ratio', ratio, 0);
      return (image) => quickshiftLabels(image(), { maxDistance, kernelSize, ratio });
    }
  }
  throw new VitrineError(
    'bad-argument',
    `"segments" expected labels, {grid}, {slic}, {felzenszwalb} or {quickshift}, got ${describe(segments)}`,
  );
}
