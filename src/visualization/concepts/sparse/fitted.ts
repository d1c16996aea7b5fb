import { inSlices } from '../../../backend/inTurn.ts';
import { assertRoom } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { forEachCode, parametersOf } from './forEachCode.ts';
import { type Rows, spreadOf, type Trained, type Training, trained } from './trained.ts';
import type { SparseCodes, SparseCodesOptions } from './types.ts';

/** Learns codes of rows and measures them over all rows. */
export async function fitted(rows: Rows, options: SparseCodesOptions): Promise<SparseCodes> {
  const { size, active, steps = 3000, learningRate = 0.002, batchSize = 256, seed = 0, signal, onProgress } = options;
  assertRoom('size', [size, rows.units]);
  assertRoom('batchSize', [batchSize, rows.units]);
  const { scale } = await inSlices(spreadOf(rows), { signal });
  if (!(scale > 0))
    throw new VitrineError('bad-argument', '"activations" expected vectors that differ, got all the same');
  const onStep = (step: number): void => onProgress?.({ stage: 'codes', done: step + 1, total: steps });
  const training: Training = { size, active, steps, learningRate, batchSize, seed, onStep };
  const learnt = plainCodes(await inSlices(trained(rows, training), { signal }), active);
  const used = await inSlices(usage(rows, learnt), { signal });
  return {
    ...learnt,
    explainedVariance: 1 - used.missed / (scale ** 2 * rows.count),
    ...countsOf(used.counts, rows.count),
  };
}

type Learnt = Omit<SparseCodes, 'explainedVariance' | 'rates' | 'dead'>;

function plainCodes({ size, units, losses, ...found }: Trained, active: number): Learnt {
  return {
    active,
    encoder: { shape: [size, units], data: Float32Array.from(found.encoder) },
    encoderBias: Float32Array.from(found.encoderBias),
    decoder: { shape: [size, units], data: Float32Array.from(found.decoder) },
    bias: Float32Array.from(found.bias),
    losses,
  };
}

/** The squared error over all rows, and how often each code is used. */
function* usage(rows: Rows, codes: Learnt): Sliced<{ missed: number; counts: Float64Array }> {
  const parameters = parametersOf(codes);
  const { units, size, decoder, bias } = parameters;
  const counts = new Float64Array(size);
  let missed = 0;
  yield* forEachCode(parameters, { values: rows.values, active: codes.active }, (row, { values, places }) => {
    const rest = Float64Array.from(bias, (value, unit) => (rows.values[row * units + unit] as number) - value);
    for (const place of places) {
      counts[place]! += 1;
      for (let unit = 0; unit < units; unit++)
        rest[unit]! -= (values[place] as number) * (decoder[place * units + unit] as number);
    }
    missed += rest.reduce((sum, value) => sum + value * value, 0);
  });
  return { missed, counts };
}

function countsOf(counts: Float64Array, rows: number): Pick<SparseCodes, 'rates' | 'dead'> {
  return { rates: counts.map((value) => value / rows), dead: counts.filter((value) => value === 0).length };
}
