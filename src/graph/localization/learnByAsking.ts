import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { assertCount } from '../../numeric/check.ts';
import { answerQuestion, type LearningContext } from './answerQuestion.ts';
import { type AskOptions, nextQuestion } from './askNext.ts';
import type { PartAnswer, PartDialogue, PartQuestion } from './dialogue.ts';

/** Options of {@link learnByAsking}. */
export interface LearnByAskingOptions extends AskOptions {
  /** Answers a question, at its leisure; `null` ends the dialogue. */
  readonly ask: (question: PartQuestion) => PartAnswer | null | Promise<PartAnswer | null>;
  /** How many questions at most; 10 by default. */
  readonly questions?: number;
  /** What was asked and learnt before; nothing by default. */
  readonly dialogue?: PartDialogue;
  readonly signal?: AbortSignal;
}

/**
 * Learns a part by asking about one image after the other, each time the one whose answer tells most.
 *
 * Source: Zhang et al. 2017, "Mining object parts from CNNs via active question-answering".
 *
 * @param context `graph`, and `inference` of the images that may be asked about; `share`.
 * @param options `ask`; `questions`, `dialogue`, `sharpness`, `fading`, `signal`.
 * @returns the part as it was learnt, and all answers. It can be gone on with later, as `dialogue`.
 * @throws as `askNext` and `answerQuestion` do, what `ask` throws, or the signal's reason.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns, learnByAsking, syntheticPatterns } from 'vitrine';
 * const { maps, truth } = syntheticPatterns({ images: 12, layers: [{ name: 'top', positions: 10, filters: 4 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const inference = await inferPatterns(graph, maps);
 * const { data } = truth.top[0].parts[0].positions;
 * const { part } = await learnByAsking({ graph, inference }, {
 *   questions: 3,
 *   ask: ({ image, template }) => {
 *     const position = [data[2 * image], data[2 * image + 1]] as const;
 *     return template === null ? { kind: 'new', template: 'part', position } : { kind: 'moved', position };
 *   },
 * });
 * console.log(part?.templates[0].annotations.length); // 3
 * ```
 */
export async function learnByAsking(context: LearningContext, options: LearnByAskingOptions): Promise<PartDialogue> {
  const [state, plan] = await owned(context, options);
  const { ask, questions = 10, dialogue: begun = { part: null, answers: [] }, signal, ...asking } = plan;
  assertCount('questions', questions, 1);
  let dialogue = begun;
  for (let count = 0; count < questions; count++) {
    const question = await inSlices(nextQuestion(dialogue, state.inference, asking), { signal });
    const answer = question && (await ask(question));
    if (!question || !answer) break;
    dialogue = answerQuestion(dialogue, { image: question.image, answer }, state);
  }
  return dialogue;
}
