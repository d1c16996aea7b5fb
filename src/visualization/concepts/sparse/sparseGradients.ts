import { dot } from '../../../numeric/linear/vectors.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { greatest } from './greatest.ts';
import { encode, type SparseParameters } from './sparseParameters.ts';

/** What is asked of codes in a step. */
export interface SparseStep {
  /** Vectors, each `[units]`. */
  readonly rows: readonly ArrayLike<number>[];
  /** How many codes a vector has. */
  readonly active: number;
  /** Whether each code has not been used for long, `[size]`; they try to make up for what the others miss. */
  readonly dead: Uint8Array;
  /** How many of the dead ones try for each vector. */
  readonly revived: number;
}

/** The loss of a step, its gradients, and what was used. */
export interface SparseGradients extends Omit<SparseParameters, 'size' | 'units'> {
  readonly loss: number;
  /** Whether each code was used, `[size]`. */
  readonly used: Uint8Array;
}

/** The weight of the loss of dead codes; Gao et al. 2024, appendix A.2. */
const REVIVAL = 1 / 32;

/** The mean over rows of $|x - \hat x|^2 + \frac{1}{32} |e - \hat e|^2$, and its gradients. */
export function* sparseGradients(parameters: SparseParameters, step: SparseStep): Sliced<SparseGradients> {
  const { size, units } = parameters;
  const gradients = {
    encoder: new Float64Array(size * units),
    encoderBias: new Float64Array(size),
    decoder: new Float64Array(size * units),
    bias: new Float64Array(units),
    used: new Uint8Array(size),
  };
  const pass = { parameters, step, gradients, codes: new Float64Array(size), centred: new Float64Array(units) };
  let loss = 0;
  yield* forEachOf(step.rows.length, size * units + 8 * (step.active + step.revived) * units, (row) => {
    loss += addRow(pass, step.rows[row] as ArrayLike<number>);
  });
  return { ...gradients, loss };
}

interface Pass {
  readonly parameters: SparseParameters;
  readonly step: SparseStep;
  readonly gradients: Omit<SparseGradients, 'loss'>;
  /** Room for what a row makes. */
  readonly codes: Float64Array;
  readonly centred: Float64Array;
}

/** Adds the gradients of a row; its part of the loss. */
function addRow({ parameters, step, gradients, codes, centred }: Pass, row: ArrayLike<number>): number {
  const { active, dead, revived, rows } = step;
  for (let unit = 0; unit < centred.length; unit++)
    centred[unit] = (row[unit] as number) - (parameters.bias[unit] as number);
  encode(parameters, centred, codes);
  const chosen = new Int32Array(active);
  const places = chosen.subarray(0, greatest(codes, chosen));
  for (const place of places) gradients.used[place] = 1;
  // x̂ − x: what is decoded, less what it should have been.
  const residual = decoded(parameters, codes, places);
  for (let unit = 0; unit < residual.length; unit++)
    residual[unit] = (residual[unit] as number) - (centred[unit] as number);
  const flow = { parameters, gradients, codes, centred };
  for (let unit = 0; unit < residual.length; unit++)
    gradients.bias[unit]! += (2 * (residual[unit] as number)) / rows.length;
  addCodes(flow, places, residual, 2 / rows.length);
  const loss = dot(residual, residual) / rows.length;
  if (revived === 0) return loss;
  const tried = new Int32Array(revived);
  const reviving = tried.subarray(
    0,
    greatest(codes, tried, (place) => dead[place] === 1),
  );
  // ê − e with e = x − x̂, which is taken as given.
  const missed = decoded(parameters, codes, reviving);
  for (let unit = 0; unit < missed.length; unit++) missed[unit] = (missed[unit] as number) + (residual[unit] as number);
  addCodes(flow, reviving, missed, (2 * REVIVAL) / rows.length);
  return loss + (REVIVAL * dot(missed, missed)) / rows.length;
}

/** $\sum_j z_j d_j$ over some codes. */
function decoded({ units, decoder }: SparseParameters, codes: Float64Array, places: Int32Array): Float64Array {
  const sum = new Float64Array(units);
  for (const place of places) {
    const value = codes[place] as number;
    for (let unit = 0, at = place * units; unit < units; unit++, at++) sum[unit]! += value * (decoder[at] as number);
  }
  return sum;
}

/** Adds what a residual, times a factor, tells the codes that made it, and the bias before them. */
function addCodes(
  { parameters, gradients, codes, centred }: Omit<Pass, 'step'>,
  places: Int32Array,
  residual: Float64Array,
  factor: number,
): void {
  const { units, encoder, decoder } = parameters;
  for (const place of places) {
    const start = place * units;
    const value = factor * (codes[place] as number);
    const slope = factor * dot(residual, decoder.subarray(start, start + units));
    gradients.encoderBias[place]! += slope;
    for (let unit = 0, at = start; unit < units; unit++, at++) {
      gradients.decoder[at]! += value * (residual[unit] as number);
      gradients.encoder[at]! += slope * (centred[unit] as number);
      gradients.bias[unit]! -= slope * (encoder[at] as number);
    }
  }
}
