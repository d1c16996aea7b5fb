import { assertChoice, assertList } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { flag, object } from '../../numeric/options.ts';
import { assertTemplates } from './parsePartTemplates.ts';
import type { PartTemplates, VotingPattern } from './types.ts';

/** Which patterns shall vote, or not. */
export interface PatternChoice {
  /** The name of the template. */
  readonly template: string;
  readonly patterns: readonly Pick<VotingPattern, 'layer' | 'node'>[];
  readonly included: boolean;
}

/**
 * Takes patterns of a template out of the vote, or back in: a person who looks at what each stands for may know better.
 * The next `localizePart` is without them, and so are templates that are learnt again from more annotations.
 *
 * Source: Zhang et al. 2017, "Interactively transferring CNN patterns for part localization".
 *
 * @param part of `learnPartTemplates`; it stays as it is.
 * @param choice `template`, `patterns` by layer and node, `included`.
 * @returns the part with that choice.
 * @throws {VitrineError} if there is no such template, or it has no such pattern, or if the part is none.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns, learnPartTemplates } from 'vitrine';
 * import { includePatterns, syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 12, layers: [{ name: 'top', positions: 10, unitCount: 4 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const inference = await inferPatterns(graph, maps);
 * const [row, column] = truth.top[0].parts[0].positions.data;
 * const annotations = [{ image: 0, position: [row, column] as const }];
 * const part = learnPartTemplates(graph, { inference, annotations });
 * const [doubtful] = part.templates[0].patterns;
 * const without = includePatterns(part, { template: 'part', patterns: [doubtful], included: false });
 * console.log(without.templates[0].patterns[0].included); // false
 * ```
 */
export function includePatterns(part: PartTemplates, choice: PatternChoice): PartTemplates {
  assertTemplates(part);
  object('choice', choice);
  const { template, patterns, included } = choice;
  assertList('patterns', patterns);
  flag('included', included);
  assertChoice(
    'template',
    template,
    part.templates.map(({ name }) => name),
  );
  return {
    ...part,
    templates: part.templates.map((own) => {
      if (own.name !== template) return own;
      const chosen = new Set(
        patterns.map((pattern, i) => {
          object(`patterns[${i}]`, pattern);
          const place = own.patterns.findIndex((one) => one.layer === pattern.layer && one.node === pattern.node);
          if (place >= 0) return place;
          throw new VitrineError(
            'bad-argument',
            `"patterns[${i}]" expected a pattern of template "${template}", got node ${pattern.node} of "${pattern.layer}"`,
          );
        }),
      );
      return { ...own, patterns: own.patterns.map((one, i) => (chosen.has(i) ? { ...one, included } : one)) };
    }),
  };
}
