import { assertSchema } from '../../numeric/assertSchema.ts';
import { describe } from '../../numeric/check.ts';
import type { PartTemplates } from './types.ts';

/** Refuses what are no part templates of this version: for those that come from a file. */
export function assertTemplates(part: unknown): asserts part is PartTemplates {
  assertSchema('part', part, { schema: 'vitrine/part-templates', version: 1 });
  const { templates } = part as Partial<PartTemplates>;
  if (!Array.isArray(templates)) throw new TypeError(`"part.templates" expected a list, got ${describe(templates)}`);
}
