import { mean } from 'd3-array';
import { assertList } from '../../numeric/check.ts';
import { cosine } from '../../numeric/correlation.ts';
import { assertOptions, number, type OptionChecks, object } from '../../numeric/options.ts';
import { atOnce, forEachOf, type Sliced } from '../../numeric/sliced.ts';
import type { PatternInference } from '../inference.ts';
import { imageCountOf } from '../inference.ts';
import { localizePart } from './localizePart.ts';
import { assertTemplates } from './parsePartTemplates.ts';
import type { PartDialogue, PartQuestion } from './types.ts';

/** Options of {@link askNext}. */
export interface AskOptions {
  /** β: how much the score of an image says of whether it is explained; 5 by default. */
  readonly sharpness?: number;
  /** α: how fast what is learnt from an image fades with the distance to another one; 5 by default. */
  readonly fading?: number;
}

/** Checks of how the next question is chosen. */
export const askChecks: OptionChecks<AskOptions> = { sharpness: number(0), fading: number(0) };

/**
 * Finds the image that it is best to ask about next.
 *
 * Every image should be explained, $P = 1/n$; what is explained is $Q(I) \propto e^{\beta S(I)}$ with the score S of the
 * best template, 1 once somebody has spoken. An answer about image I is expected to raise the score of J by
 * $(1 - S(I))\,(1 - S(J))\,e^{-\alpha\,d(I, J)}$, with d the cosine distance of the scores of all nodes. Asked is the image
 * after which $\mathrm{KL}(P \Vert Q)$ is least; before anything is known, the one that is nearest to all others.
 *
 * Source: Zhang et al. 2017, "Mining object parts from CNNs via active question-answering"; the exact form is our own.
 *
 * @param dialogue what was asked and learnt so far: `{ part: null, answers: [] }` at the beginning, or
 * `{ part: learnPartTemplates(…), answers: [] }`.
 * @param inference of `inferPatterns`, on all images that may be asked about.
 * @param options `sharpness`, `fading`.
 * @returns the question; `null` once there was an answer for each image.
 * @throws {VitrineError} if the inference is of another graph, or an option is negative, or if the part is none.
 * @example
 * ```ts
 * import { askNext, fitExplanatoryGraph, inferPatterns } from 'vitrine';
 * import { answerQuestion, syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 12, layers: [{ name: 'top', positions: 10, unitCount: 4 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const inference = await inferPatterns(graph, maps);
 * const { image } = askNext({ part: null, answers: [] }, inference)!;
 * const { data } = truth.top[0].parts[0].positions;
 * const answer = { kind: 'new', template: 'part', position: [data[2 * image], data[2 * image + 1]] } as const;
 * const dialogue = answerQuestion({ part: null, answers: [] }, { image, answer }, { graph, inference });
 * console.log(askNext(dialogue, inference));
 * ```
 */
export function askNext(
  dialogue: PartDialogue,
  inference: PatternInference,
  options: AskOptions = {},
): PartQuestion | null {
  assertOptions(options, askChecks);
  assertDialogue(dialogue);
  return atOnce(nextQuestion(dialogue, inference, options));
}

/** Refuses what was never asked and learnt. */
export function assertDialogue(dialogue: PartDialogue): void {
  object('dialogue', dialogue);
  const { part, answers } = dialogue;
  if (part !== null) assertTemplates(part, 'dialogue.part');
  assertList('dialogue.answers', answers);
  answers.forEach((answer, i) => object(`dialogue.answers[${i}]`, answer));
}

/** The same, to be found in slices. */
export function* nextQuestion(
  { part, answers }: PartDialogue,
  inference: PatternInference,
  { sharpness = 5, fading = 5 }: AskOptions,
): Sliced<PartQuestion | null> {
  const known = new Map(answers.map(({ image, kind }) => [image, kind]));
  for (const { annotations } of part?.templates ?? []) {
    for (const { image } of annotations) known.set(image, 'moved');
  }
  const images = Array.from({ length: imageCountOf(inference) }, (_, image) => image);
  const objects = images.filter((image) => known.get(image) !== 'absent');
  const open = objects.filter((image) => !known.has(image));
  if (open.length === 0) return null;
  const found = part && part.templates.length > 0 ? localizePart(part, inference) : undefined;
  const scores = new Map(objects.map((image) => [image, known.has(image) ? 1 : (found?.scores[image] ?? 0)]));
  const distances = yield* patternDistances(inference, open, objects);
  const before = divergence([...scores.values()], sharpness);
  const gains: number[] = [];
  yield* forEachOf(open.length, 50 * objects.length, (row) => {
    gains.push(gainOf(row));
  });
  const best = gains.reduce((most, gain, i) => (gain > (gains[most] as number) ? i : most), 0);
  return questionOf(open[best] as number, found, found ? (gains[best] as number) : 0);

  function gainOf(row: number): number {
    const own = scores.get(open[row] as number) as number;
    const near = objects.map((_image, i) => Math.exp(-fading * (distances[row] as Float64Array)[i]!));
    // Before anything is known all scores are 0 and every answer makes some image stand out.
    if (!found) return mean(near) as number;
    const after = objects.map((image, i) => {
      const score = scores.get(image) as number;
      return image === open[row] ? 1 : score + (1 - own) * (1 - score) * (near[i] as number);
    });
    return before - divergence(after, sharpness);
  }
}

function questionOf(image: number, found: ReturnType<typeof localizePart> | undefined, gain: number): PartQuestion {
  const template = found?.templates[image] ?? null;
  const [row, column] = found?.positions.data.subarray(2 * image, 2 * image + 2) ?? [];
  const position = template === null ? null : ([row as number, column as number] as const);
  return { image, template, position, score: found?.scores[image] ?? 0, gain };
}

/** KL(P‖Q) of the uniform distribution from the one that is proportional to e to the β times score. */
function divergence(scores: readonly number[], sharpness: number): number {
  const partition = mean(scores, (score) => Math.exp(sharpness * score)) as number;
  return Math.log(partition) - sharpness * (mean(scores) as number);
}

/** The cosine distance, in the scores of all nodes, from each of some images to each of others: one row each. */
function* patternDistances(
  inference: PatternInference,
  from: readonly number[],
  to: readonly number[],
): Sliced<readonly Float64Array[]> {
  const rows = new Map(to.map((image) => [image, scoresOf(inference, image)]));
  const distances: Float64Array[] = [];
  for (const image of from) {
    const own = scoresOf(inference, image);
    distances.push(Float64Array.from(to, (other) => 1 - cosine(own, rows.get(other) as Float64Array)));
    yield 3 * own.length * to.length;
  }
  return distances;
}

function scoresOf(inference: PatternInference, image: number): Float64Array {
  const parts = Object.values(inference).map(({ scores: { shape, data } }) => {
    const nodes = shape[1] as number;
    return data.subarray(image * nodes, (image + 1) * nodes);
  });
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
