import {
  assertChoice,
  assertInteger,
  assertList,
  assertNumber,
  assertNumbers,
  assertSchema,
  describe,
} from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { PartTemplate, PartTemplates, VotingPattern } from './types.ts';

/** Refuses what are no part templates of this version: for those that come from a file. */
export function assertTemplates(part: unknown): asserts part is PartTemplates {
  assertSchema('part', part, { schema: 'vitrine/part-templates', version: 1 });
  const { imageSize, nodes, share, templates } = part as Partial<PartTemplates>;
  assertNumbers('part.imageSize', imageSize, 2);
  if (typeof nodes !== 'object' || nodes === null) {
    throw new VitrineError('bad-argument', `"part.nodes" expected numbers by layer, got ${describe(nodes)}`);
  }
  for (const [layer, count] of Object.entries(nodes)) {
    assertInteger(`part.nodes.${layer}`, count, [0, Number.MAX_SAFE_INTEGER]);
  }
  assertNumber('part.share', share as number, 0);
  assertList('part.templates', templates);
  templates.forEach((template, i) => assertTemplate(`part.templates[${i}]`, template, nodes));
}

function assertTemplate(at: string, template: PartTemplate, nodes: PartTemplates['nodes']): void {
  const { name, annotations, size, patterns } = Object(template) as Partial<PartTemplate>;
  if (typeof name !== 'string')
    throw new VitrineError('bad-argument', `"${at}.name" expected a string, got ${describe(name)}`);
  assertList(`${at}.annotations`, annotations);
  if (size !== null) assertNumbers(`${at}.size`, size, 2);
  assertList(`${at}.patterns`, patterns);
  patterns.forEach((pattern, i) => assertPattern(`${at}.patterns[${i}]`, pattern, nodes));
}

function assertPattern(at: string, pattern: VotingPattern, nodes: PartTemplates['nodes']): void {
  const { layer, node, offset, deviation, weight, meanScore } = Object(pattern) as VotingPattern;
  assertChoice(`${at}.layer`, layer, Object.keys(nodes));
  assertInteger(`${at}.node`, node, [0, (nodes[layer] as number) - 1]);
  assertNumbers(`${at}.offset`, offset, 2);
  for (const [key, value] of Object.entries({ deviation, weight, meanScore })) assertNumber(`${at}.${key}`, value);
}
