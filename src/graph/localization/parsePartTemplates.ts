import {
  assertChoice,
  assertFormat,
  assertInteger,
  assertList,
  assertNumber,
  assertNumbers,
  describe,
} from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { PartTemplate, PartTemplates, VotingPattern } from './types.ts';

/**
 * Checks part templates that come from a file.
 *
 * @param part what `JSON.parse` gave, for instance.
 * @returns the same object.
 * @throws {VitrineError} if it is something else, or if it has another version, or numbers or names that cannot be.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns, learnPartTemplates } from 'vitrine';
 * import { parsePartTemplates, syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 12, layers: [{ name: 'top', positions: 10, unitCount: 4 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const [row, column] = truth.top[0].parts[0].positions.data;
 * const annotations = [{ image: 0, position: [row, column] as const }];
 * const part = learnPartTemplates(graph, { inference: await inferPatterns(graph, maps), annotations });
 * console.log(parsePartTemplates(JSON.parse(JSON.stringify(part))).templates.length); // 1
 * ```
 */
export function parsePartTemplates(part: unknown): PartTemplates {
  assertTemplates(part);
  return part;
}

/** Refuses what are no part templates of this version. */
export function assertTemplates(part: unknown, at = 'part'): asserts part is PartTemplates {
  assertFormat(at, part, { format: 'vitrine/part-templates', version: 1 });
  const { imageSize, nodes, share, templates } = part as Partial<PartTemplates>;
  assertNumbers(`${at}.imageSize`, imageSize, 2);
  if (typeof nodes !== 'object' || nodes === null) {
    throw new VitrineError('bad-argument', `"${at}.nodes" expected numbers by layer, got ${describe(nodes)}`);
  }
  for (const [layer, count] of Object.entries(nodes)) {
    assertInteger(`${at}.nodes.${layer}`, count, [0, Number.MAX_SAFE_INTEGER]);
  }
  assertNumber(`${at}.share`, share as number, 0);
  assertList(`${at}.templates`, templates);
  templates.forEach((template, i) => assertTemplate(`${at}.templates[${i}]`, template, nodes));
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
