import { expect, test } from 'vitest';
import { findingsOf } from '../look.ts';
import { accumulatorMutations } from './accumulators.ts';
import { brodenMutations } from './broden.ts';
import { pictureMutations } from './pictures.ts';
import { storedFormMutations } from './storedForms.ts';

// VITRINE_MUTATIONS=2000 npx vitest run --project cpu test/fuzz/mutations
const count = Number(process.env['VITRINE_MUTATIONS'] ?? 60);

const looks = Object.entries({
  picture: pictureMutations,
  accumulator: accumulatorMutations,
  'Broden folder': brodenMutations,
  'stored form': storedFormMutations,
}).flatMap(([kind, looks]) => Object.entries(looks).map(([name, look]) => ({ kind, name, look })));

test.each(looks)(
  '$kind, $name: no mutation hangs, exhausts the memory or fails with what it does not say',
  {
    timeout: 30 * 60_000,
  },
  async ({ name, look }) => {
    expect(await findingsOf(name, look, { seed: 0, count })).toEqual([]);
  },
);
