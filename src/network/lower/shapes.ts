import { VitrineError } from '../../numeric/errors.ts';
import type { Layer, Variable } from '../graph/layersModel.ts';
import { crop, pad } from '../operations/border.ts';
import { embedding } from '../operations/embedding.ts';
import { resize } from '../operations/resize.ts';
import { identity, permute, repeat, reshape } from '../operations/shape.ts';
import { inChannelsLast } from './channelsFirst.ts';
import type { Lowering } from './lowering.ts';

type Pair = readonly [number, number];

export const lowerIdentity: Lowering = (_layer, { source }) => [identity(source)];

/** One length may be open. The symbolic shape is not read: some layers of tfjs write theirs into that of their input. */
export const lowerReshape: Lowering<Layer & { targetShape: readonly (number | null)[] }> = (
  { targetShape },
  { source },
) => [
  reshape(
    source,
    targetShape.map((length) => length ?? -1),
  ),
];

export const lowerFlatten: Lowering<Layer & { dataFormat?: string }> = ({ dataFormat }, { source, inputShapes }) => {
  const rank = inputShapes[0]?.length ?? 0;
  const flat = reshape(source, [-1]);
  if (dataFormat !== 'channelsFirst' || rank < 3) return [flat];
  const channelsLast = [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
  return [permute(source, channelsLast), flat];
};

/** `dims` counts from 1 and leaves out the batch axis. */
export const lowerPermute: Lowering<Layer & { dims: readonly number[] }> = ({ dims }, { source }) => [
  permute(source, [0, ...dims]),
];

export const lowerRepeatVector: Lowering<Layer & { n: number }> = ({ n }, { source }) => [repeat(source, n)];

export const lowerZeroPadding2d: Lowering<Layer & { padding: readonly [Pair, Pair]; dataFormat?: string }> = (
  { padding: [rows, columns], dataFormat },
  { source },
) => inChannelsLast({ dataFormat }, source, [pad(source, { rows, columns })]);

export const lowerCropping2d: Lowering<Layer & { cropping: readonly [Pair, Pair]; dataFormat?: string }> = (
  { cropping: [rows, columns], dataFormat },
  { source },
) => inChannelsLast({ dataFormat }, source, [crop(source, { rows, columns })]);

/** The middle; one column further right than that where one is to be taken away. */
export const lowerCenterCrop: Lowering<Layer & { height: number; width: number }> = (
  { height, width },
  { source, inputShapes: [shape = []] },
) => {
  const [, rows, columns] = shape;
  if (shape.length !== 4 || typeof rows !== 'number' || typeof columns !== 'number') return undefined;
  const [lostRows, lostColumns] = [rows - height, columns - width];
  if (lostRows < 0 || lostColumns < 0) {
    throw new VitrineError(
      'unsupported-layer',
      `layer "${source.address}" (${source.layerClass}) expected an input of at least ${height} × ${width}, got ${rows} × ${columns}, which tfjs cannot run`,
    );
  }
  const top = Math.floor(lostRows / 2);
  const left = lostColumns === 0 ? 0 : Math.max(Math.floor(lostColumns / 2), 1);
  return [crop(source, { rows: [top, lostRows - top], columns: [left, lostColumns - left] })];
};

export const lowerUpSampling2d: Lowering<
  Layer & { size: Pair; interpolation: 'nearest' | 'bilinear'; dataFormat?: string }
> = ({ size, interpolation, dataFormat }, { source }) => {
  const resampling = { interpolation, alignCorners: false, halfPixelCenters: false };
  const larger = resize(source, (rows, columns) => [rows * size[0], columns * size[1]], resampling);
  return inChannelsLast({ dataFormat }, source, [larger]);
};

export const lowerResizing: Lowering<
  Layer & { height: number; width: number; interpolation: 'nearest' | 'bilinear'; cropToAspectRatio: boolean }
> = ({ height, width, interpolation, cropToAspectRatio }, { source }) => {
  // tfjs-layers hands the negated option on as `alignCorners`.
  const resampling = { interpolation, alignCorners: !cropToAspectRatio, halfPixelCenters: false };
  return [resize(source, () => [height, width], resampling)];
};

export const lowerEmbedding: Lowering<Layer & { embeddings: Variable }> = (layer, { source }) => [
  embedding(source, () => ({ embeddings: layer.embeddings.read() })),
];
