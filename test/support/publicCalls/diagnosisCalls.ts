import { attackCalls } from './attackCalls.ts';
import { biasCalls } from './biasCalls.ts';
import { failureCalls } from './failureCalls.ts';
import { influenceCalls } from './influenceCalls.ts';
import { repairCalls } from './repairCalls.ts';
import type { PublicCalls } from './sent.ts';
import { transferCalls } from './transferCalls.ts';

/** Where networks fail, and why. */
export const diagnosisCalls: PublicCalls = {
  ...attackCalls,
  ...biasCalls,
  ...failureCalls,
  ...influenceCalls,
  ...repairCalls,
  ...transferCalls,
};
