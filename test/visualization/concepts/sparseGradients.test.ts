import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { greatest } from '../../../src/visualization/concepts/sparse/greatest.ts';
import { sparseGradients } from '../../../src/visualization/concepts/sparse/sparseGradients.ts';
import type { SparseParameters } from '../../../src/visualization/concepts/sparse/sparseParameters.ts';

const [size, units, active, revived] = [7, 4, 2, 2];
const dead = Uint8Array.of(0, 1, 0, 1, 0, 1, 0);
const names = ['encoder', 'encoderBias', 'decoder', 'bias'] as const;

function parametersOf(seed: number): SparseParameters {
  const { normal } = random(seed);
  const drawn = (length: number): Float64Array => Float64Array.from({ length }, normal);
  return {
    size,
    units,
    encoder: drawn(size * units),
    encoderBias: drawn(size),
    decoder: drawn(size * units),
    bias: drawn(units),
  };
}

/** What a row is decoded from: the greatest codes above zero of those that may be used. */
function decoded(p: SparseParameters, row: Float64Array, count: number, isIn: (code: number) => boolean): number[] {
  const codes = Array.from({ length: size }, (_, code) => {
    let sum = p.encoderBias[code] as number;
    for (let unit = 0; unit < units; unit++) {
      sum += (p.encoder[code * units + unit] as number) * ((row[unit] as number) - (p.bias[unit] as number));
    }
    return Math.max(0, sum);
  });
  const order = [...codes.keys()].filter(isIn).sort((a, b) => (codes[b] as number) - (codes[a] as number));
  return Array.from({ length: units }, (_, unit) =>
    order
      .slice(0, count)
      .reduce((sum, code) => sum + (codes[code] as number) * (p.decoder[code * units + unit] as number), 0),
  );
}

/** The loss as the paper has it, the error that dead codes shall make up for taken from other parameters. */
function naiveLoss(p: SparseParameters, rows: readonly Float64Array[], given: SparseParameters): number {
  let loss = 0;
  for (const row of rows) {
    const missing = (from: SparseParameters): number[] =>
      decoded(from, row, active, () => true).map(
        (value, unit) => (row[unit] as number) - value - (from.bias[unit] as number),
      );
    const [own, error] = [missing(p), missing(given)];
    const revival = decoded(p, row, revived, (code) => dead[code] === 1);
    loss += own.reduce((sum, value) => sum + value * value, 0) / rows.length;
    loss += error.reduce((sum, value, unit) => sum + (value - (revival[unit] as number)) ** 2, 0) / 32 / rows.length;
  }
  return loss;
}

test('sparseGradients: the loss, and its slopes by differences', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const parameters = parametersOf(seed);
      const { normal } = random(seed, 1);
      const rows = Array.from({ length: 3 }, () => Float64Array.from({ length: units }, normal));
      const found = atOnce(sparseGradients(parameters, { rows, active, dead, revived }));
      expect(found.loss).toBeCloseTo(naiveLoss(parameters, rows, parameters), 8);
      for (const name of names) {
        const at = random(seed, 2).integer(parameters[name].length);
        const moved = (step: number): SparseParameters => ({
          ...parameters,
          [name]: parameters[name].map((value, i) => (i === at ? value + step : value)),
        });
        const slope = (naiveLoss(moved(1e-6), rows, parameters) - naiveLoss(moved(-1e-6), rows, parameters)) / 2e-6;
        expect(Math.abs((found[name][at] as number) - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
      }
    }),
    { numRuns: 60, seed: 4 },
  );
});

test('greatest: the places of the greatest numbers above zero, as sorting finds them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -20, max: 20 })), fc.integer({ min: 1, max: 6 }), (list, count) => {
      const values = Float64Array.from(list);
      const places = new Int32Array(count);
      const found = places.subarray(
        0,
        greatest(values, places, (place) => place % 3 !== 0),
      );
      const wanted = [...values.keys()].filter((place) => place % 3 !== 0 && (values[place] as number) > 0);
      wanted.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
      expect([...found]).toEqual(wanted.slice(0, count));
    }),
  );
});
