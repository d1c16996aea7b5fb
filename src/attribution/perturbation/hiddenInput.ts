import type { Baseline } from '../../network/types2.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { baselinesOf, type Session } from '../session.ts';

/** What the examples of one input look like where they are hidden. */
export async function hiddenInput(session: Session, index: number, baseline: Baseline): Promise<NdArray> {
  const list = session.inputs.map((_, i) => (i === index ? baseline : 0));
  return (await baselinesOf(session, list))[index] as NdArray;
}
