import { inSlices } from '../../../backend/inTurn.ts';
import { type NdArray, rowOf } from '../../../numeric/ndarray.ts';
import { inversionError } from '../../inversion/inversionError.ts';
import { euclidean, meanDistance } from '../meanDistance.ts';

/** How far reconstructions are from images, in pixels and in features. */
export interface ReconstructionErrors {
  /** ‖x − x̂‖ of pictures of 0 to 1, per example. */
  readonly pixelDistance: Float32Array;
  /** ‖Φ(x) − Φ(x̂)‖, per example. */
  readonly featureDistance: Float32Array;
  /** Both as the papers report them; of several examples that differ. */
  readonly reported?: ReportedErrors;
}

/** Errors in the unit of how far two examples are apart. */
export interface ReportedErrors {
  /** ‖x − x̂‖ over the mean distance of two images, per example (Dosovitskiy and Brox 2016, §4.1). */
  readonly pixel: Float32Array;
  /** ‖Φ(x) − Φ(x̂)‖² over the mean squared distance of two images' features, per example (Mahendran and Vedaldi 2015, §5). */
  readonly feature: Float32Array;
  /** What each was divided by. */
  readonly normalizers: { readonly pixel: number; readonly feature: number };
}

/** Pictures of examples, and their features. */
export interface Seen {
  readonly pictures: NdArray;
  readonly features: NdArray;
}

/** The errors of reconstructions. */
export async function reconstructionErrors(
  made: Seen,
  wanted: Seen,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<ReconstructionErrors> {
  const pixelDistance = distances(made.pictures, wanted.pictures);
  const errors = { pixelDistance, featureDistance: distances(made.features, wanted.features) };
  if (!differ(wanted.pictures) || !differ(wanted.features)) return errors;
  const pixel = await inSlices(meanDistance(wanted.pictures), { signal });
  const { error, normalizer } = inversionError(made.features, wanted.features);
  const normalizers = { pixel, feature: normalizer };
  return { ...errors, reported: { pixel: pixelDistance.map((d) => d / pixel), feature: error, normalizers } };
}

function distances(a: NdArray, b: NdArray): Float32Array {
  return Float32Array.from({ length: a.shape[0] as number }, (_, i) => euclidean(rowOf(a, i), rowOf(b, i)));
}

/** Whether there are several examples, of which one differs from the first. */
function differ({ shape, data }: NdArray): boolean {
  const size = data.length / (shape[0] as number);
  return data.some((value, i) => value !== data[i % size]);
}
