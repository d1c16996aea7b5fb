import { afterAll, beforeAll, expect, test } from 'vitest';
import { callsOf, withoutCalls } from './everyCall.ts';
import { type Prepared, prepare } from './given.ts';
import { signaturesOf } from './signatures.ts';
import { failuresOf } from './wrongCalls.ts';

/**
 * Tests of an entry point: each argument and each option of each function is replaced by each of some thirty wrong values,
 * and refused with a `VitrineError` that names it, unless `accepted.ts` says why not.
 */
export function testWrongArguments(entry: string, part: (name: string) => boolean = () => true): void {
  const signatures = signaturesOf(entry);
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await prepare();
  });
  afterAll(() => prepared.dispose());

  test('every exported function has a call', () => {
    expect(withoutCalls(signatures.names)).toEqual([]);
  });

  const calls = Object.entries(callsOf(signatures.names)).filter(([label]) => part(label));

  test.each(calls)('%s refuses what is wrong', async (label, call) => {
    expect(await failuresOf(label, call, signatures, prepared)).toEqual([]);
  });
}
