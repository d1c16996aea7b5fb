import { assertChoice, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { object } from '../../numeric/options.ts';
import type { PatternInference } from '../inference.ts';
import { imageCountOf } from '../inference.ts';
import type { ExplanatoryGraph } from '../types.ts';
import { assertDialogue } from './askNext.ts';
import { learnPartTemplates, templateChecks, templateOf } from './learnPartTemplates.ts';
import { localizePart } from './localizePart.ts';
import type { PartAnnotation, PartAnswer, PartDialogue, PartTemplate, PartTemplates } from './types.ts';

/** An answer about an image. */
export interface AnsweredImage {
  readonly image: number;
  readonly answer: PartAnswer;
}

/** What answers are learnt with. */
export interface LearningContext {
  readonly graph: ExplanatoryGraph;
  /** Of `inferPatterns` with that graph. */
  readonly inference: PatternInference;
  /** As for `learnPartTemplates`, of a new part only; 0.1 by default. */
  readonly share?: number;
}

/**
 * Takes in an answer: the template that it is about is learnt again, with the image as one more annotation.
 *
 * `correct` says that the part is where it was found, and `absent` that the image has none: both settle the image and
 * teach nothing else. `moved`, `other` and `new` annotate it for the template that was found, another one, or a new one.
 * Patterns that were taken out of the vote stay out.
 *
 * Source: Zhang et al. 2017, "Mining object parts from CNNs via active question-answering", the five types of answers.
 *
 * @param dialogue what was asked and learnt so far; it stays as it is.
 * @param answered `image` and `answer`.
 * @param context `graph`, `inference`; `share`.
 * @returns the dialogue with that answer.
 * @throws {VitrineError} if there was an answer for the image before, which this one would contradict or repeat; the answer
 * is about what was found and nothing was; a template is not known, or a new one is; or a position is outside of the image.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns } from 'vitrine';
 * import { answerQuestion, syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 12, layers: [{ name: 'top', positions: 10, unitCount: 4 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const inference = await inferPatterns(graph, maps);
 * const [row, column] = truth.top[0].parts[0].positions.data;
 * const answer = { kind: 'new', template: 'part', position: [row, column] } as const;
 * const { part } = answerQuestion({ part: null, answers: [] }, { image: 0, answer }, { graph, inference });
 * console.log(part?.templates.length); // 1
 * ```
 */
export function answerQuestion(
  dialogue: PartDialogue,
  answered: AnsweredImage,
  context: LearningContext,
): PartDialogue {
  assertDialogue(dialogue);
  object('answered', answered);
  object('context', context);
  if (context.share !== undefined) templateChecks.share('share', context.share);
  const { image, answer } = answered;
  object('answer', answer);
  assertChoice('answer.kind', answer.kind, ['correct', 'moved', 'other', 'new', 'absent']);
  assertInteger('image', image, [0, imageCountOf(context.inference) - 1]);
  assertOpen(dialogue, image);
  const annotation = annotationOf(dialogue.part, { image, answer }, context.inference);
  const answers = [...dialogue.answers, { image, kind: answer.kind }];
  return { part: annotation ? learnt(dialogue.part, annotation, context) : dialogue.part, answers };
}

function assertOpen({ part, answers }: PartDialogue, image: number): void {
  const before =
    answers.find((answer) => answer.image === image)?.kind ??
    part?.templates.flatMap(({ annotations }) => annotations).find((annotation) => annotation.image === image);
  if (before === undefined) return;
  const told = typeof before === 'string' ? `the answer "${before}"` : 'an annotation';
  throw new VitrineError(
    'bad-argument',
    `"image" expected one without an answer, got ${image}, of which there is ${told}`,
  );
}

/** What an answer adds to the annotations; nothing where it settles the image alone. */
function annotationOf(
  part: PartTemplates | null,
  { image, answer }: AnsweredImage,
  inference: PatternInference,
): PartAnnotation | undefined {
  if (answer.kind === 'absent') return undefined;
  const names = part?.templates.map(({ name }) => name) ?? [];
  if (answer.kind === 'new') {
    if (!names.includes(answer.template)) return placed(image, answer.template, answer);
    throw new VitrineError(
      'bad-argument',
      `"answer.template" expected a name that no template has, got "${answer.template}"`,
    );
  }
  if (answer.kind === 'other') {
    assertChoice('answer.template', answer.template, names);
    const { position = foundIn(part, inference, image).position, size } = answer;
    return placed(image, answer.template, { position, ...(size && { size }) });
  }
  const { template } = foundIn(part, inference, image);
  return answer.kind === 'correct' ? undefined : placed(image, template, answer);
}

function placed(
  image: number,
  template: string,
  { position, size }: Pick<PartAnnotation, 'position' | 'size'>,
): PartAnnotation {
  return { image, position, template, ...(size && { size }) };
}

function foundIn(
  part: PartTemplates | null,
  inference: PatternInference,
  image: number,
): { readonly template: string; readonly position: readonly [number, number] } {
  const found = part && localizePart(part, inference);
  const template = found?.templates[image];
  if (!template) {
    throw new VitrineError(
      'bad-argument',
      '"answer.kind" expected "new" or "absent" where no part was found in the image',
    );
  }
  const [row, column] = found.positions.data.subarray(2 * image, 2 * image + 2);
  return { template, position: [row as number, column as number] };
}

/** The part with the template of one more annotation learnt again. */
function learnt(
  part: PartTemplates | null,
  annotation: PartAnnotation,
  { graph, inference, share }: LearningContext,
): PartTemplates {
  const name = templateOf(annotation);
  const before = part?.templates.find((template) => template.name === name);
  const annotations = [...(before?.annotations ?? []), annotation];
  const options = { share: part?.share ?? share ?? 0.1 };
  const made = learnPartTemplates(graph, { inference, annotations }, options);
  const template = withExclusions(made.templates[0] as PartTemplate, before);
  if (!part) return { ...made, templates: [template] };
  return {
    ...part,
    templates: before
      ? part.templates.map((own) => (own.name === name ? template : own))
      : [...part.templates, template],
  };
}

function withExclusions(template: PartTemplate, before: PartTemplate | undefined): PartTemplate {
  const keyOf = ({ layer, node }: PartTemplate['patterns'][number]): string => `${layer} ${node}`;
  const excluded = new Set(before?.patterns.filter(({ included }) => !included).map(keyOf));
  return {
    ...template,
    patterns: template.patterns.map((pattern) =>
      excluded.has(keyOf(pattern)) ? { ...pattern, included: false } : pattern,
    ),
  };
}
