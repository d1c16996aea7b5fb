import { expect, test } from 'vitest';
import { findingsOf } from '../fuzz/look.ts';
import { modelFileMutations } from '../fuzz/mutations/modelFiles.ts';

// VITRINE_MUTATIONS=2000 npx vitest run --project cpu test/network/mutatedFiles.test.ts
const count = Number(globalThis.process?.env['VITRINE_MUTATIONS'] ?? 20);

test.each(Object.entries(modelFileMutations))(
  '%s: no mutation hangs, exhausts the memory, leaves tensors, or fails without saying which file',
  { timeout: 30 * 60_000 },
  async (name, look) => {
    expect(await findingsOf(name, look, { seed: 0, count })).toEqual([]);
  },
);
