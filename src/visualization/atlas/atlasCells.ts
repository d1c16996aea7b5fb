import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { firstGreatest } from '../../numeric/statistics.ts';
import type { SampledActivations } from './sampledActivations.ts';
import type { ActivationAtlas, ActivationAtlasOptions, AtlasCell, CellLabel } from './types.ts';

/** How a map is cut. */
interface CellPlan extends Pick<ActivationAtlas, 'layer' | 'grid'> {
  readonly threshold: number;
  readonly labels: ActivationAtlasOptions['labels'];
}

/** The cells of a map that hold enough images, row by row, and what each stands for. */
export function atlasCells(
  places: NdArray,
  { activations, attributions }: Pick<SampledActivations, 'activations' | 'attributions'>,
  { layer, grid, threshold, labels }: CellPlan,
): Pick<ActivationAtlas, 'cells' | 'warnings'> {
  const full = gridCells(places, { grid, threshold });
  if (full.length === 0) {
    throw new VitrineError(
      'bad-argument',
      `"threshold" expected at most the images of a cell, got ${threshold}: give a smaller one, a smaller "grid" or more images`,
    );
  }
  const found = full.map((cell) => ({ ...cell, vector: meanRow(activations, cell.images) }));
  const alive = found.filter(({ vector }) => vector.some((value) => value !== 0));
  const dead = found.length - alive.length;
  if (alive.length === 0) {
    throw new VitrineError(
      'bad-argument',
      `"layer" expected one that is active, got "${layer}", which is 0 for all images`,
    );
  }
  return {
    cells: alive.map(({ row, column, images, vector }, picture): AtlasCell => {
      const label = attributions && labelOf(meanRow(attributions, images), labels);
      const direction = { layer, vector };
      return { row, column, count: images.length, images, direction, picture, ...(label && { label }) };
    }),
    warnings: dead > 0 ? [`"${layer}" is 0 for all images of ${dead} cell(s), which are left out`] : [],
  };
}

/** A cell of a grid and the images in it. */
interface GridCell {
  readonly row: number;
  readonly column: number;
  readonly images: readonly number[];
}

function gridCells(
  { shape, data }: NdArray,
  { grid, threshold }: Pick<CellPlan, 'grid' | 'threshold'>,
): readonly GridCell[] {
  const members = new Map<number, number[]>();
  const lineOf = (share: number): number => Math.min(grid - 1, Math.floor(share * grid));
  for (let image = 0; image < (shape[0] as number); image++) {
    const cell = lineOf(data[2 * image + 1] as number) * grid + lineOf(data[2 * image] as number);
    const own = members.get(cell) ?? [];
    own.push(image);
    members.set(cell, own);
  }
  return [...members]
    .filter(([, images]) => images.length >= threshold)
    .sort(([a], [b]) => a - b)
    .map(([cell, images]) => ({ row: Math.floor(cell / grid), column: cell % grid, images }));
}

/** The mean of some rows of a matrix. */
function meanRow({ shape, data }: NdArray, rows: readonly number[]): Float32Array {
  const length = shape[1] as number;
  const sums = new Float64Array(length);
  for (const row of rows) for (let i = 0; i < length; i++) sums[i]! += data[row * length + i] as number;
  return Float32Array.from(sums, (sum) => sum / rows.length);
}

/** The class that the activations of a cell speak for most; none where they speak for no class. */
function labelOf(attributions: Float32Array, labels: CellPlan['labels']): CellLabel | undefined {
  const most = firstGreatest(attributions);
  const attribution = attributions[most] as number;
  if (!(attribution > 0)) return undefined;
  const name = labels?.[most];
  return { class: most, ...(name !== undefined && { name }), attribution };
}
