import { describe } from '../../numeric/check.ts';
import type { PartTemplates } from './types.ts';

/** Refuses what are no part templates of this version: for those that come from a file. */
export function assertTemplates(part: unknown): asserts part is PartTemplates {
  const given = part as Partial<PartTemplates> | null | undefined;
  if (typeof given !== 'object' || given?.schema !== 'vitrine/part-templates') {
    const got = typeof given === 'object' && given !== null ? `schema ${describe(given.schema)}` : describe(given);
    throw new TypeError(`"part" expected schema "vitrine/part-templates", got ${got}`);
  }
  if (given.version !== 1) throw new RangeError(`"part" expected version 1, got ${describe(given.version)}`);
  if (!Array.isArray(given.templates)) {
    throw new TypeError(`"part.templates" expected a list, got ${describe(given.templates)}`);
  }
}
