import type { Look } from '../look.ts';
import { againstCpu } from './checks/againstCpu.ts';
import { checks } from './checks/table.ts';
import { lookAtModels } from './look.ts';

/** What is looked at in random models. */
export const modelLooks: Readonly<Record<string, Look>> = Object.fromEntries(
  Object.entries({ ...checks, againstCpu: { check: againstCpu } }).map(([name, entry]) => [name, lookAtModels(entry)]),
);
