import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import type { RunOptions } from '../../../network/types.ts';
import { assertRoom } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { abortSignal, assertOptions, type OptionChecks } from '../../../numeric/options.ts';
import { assertActivations, forEachCode, parametersOf, type VisitCodes } from './forEachCode.ts';
import type { SparseEncoding } from './types.ts';

/** Options of {@link applySparseCodes}. */
export type ApplySparseCodesOptions = Pick<RunOptions, 'signal'>;

const checks: OptionChecks<ApplySparseCodesOptions> = { signal: abortSignal };

/**
 * The sparse codes of activations, by what {@link fitSparseCodes} has learnt.
 *
 * $z = \mathrm{top}_k(\max(0, W_e (x - b_p) + b))$: all but the greatest `active` ones are 0.
 *
 * Source: Gao et al. 2024, "Scaling and evaluating sparse autoencoders", Eq. (3).
 *
 * @param codes what {@link fitSparseCodes} returned.
 * @param activations `[m, u]`, or a layer's `[n, h, w, u]`; units are the last axis.
 * @param options `signal`.
 * @returns the codes, `[m, size]` or `[n, h, w, size]`.
 * @throws {VitrineError} if the number of units is another, or an activation is not finite.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * import { applySparseCodes, fitSparseCodes } from 'vitrine/visualization';
 * const { conv3 } = await activations(model, x, ['conv3']);
 * const codes = await fitSparseCodes(conv3, { size: 16, active: 2, steps: 20 });
 * const { shape } = await applySparseCodes(codes, conv3);
 * console.log(shape.at(-1)); // 16
 * ```
 */
export async function applySparseCodes(
  codes: SparseEncoding,
  activations: NdArray,
  options: ApplySparseCodesOptions = {},
): Promise<NdArray> {
  assertOptions(options, checks);
  assertActivations(activations);
  const parameters = parametersOf(codes);
  const { shape } = activations;
  if (shape.at(-1) !== parameters.units)
    throw new VitrineError(
      'bad-shape',
      `"activations" expected ${parameters.units} units, got shape [${shape.join(', ')}]`,
    );
  const found = { shape: [...shape.slice(0, -1), parameters.size] };
  assertRoom('activations', found.shape);
  const data = new Float32Array(found.shape.reduce((product, length) => product * length, 1));
  const { active } = codes;
  const [{ data: values }] = await owned(activations);
  const write: VisitCodes = (row, { values: own, places }) => {
    for (const place of places) data[row * parameters.size + place] = own[place] as number;
  };
  await inSlices(forEachCode(parameters, { values, active }, write), options);
  return { ...found, data };
}
