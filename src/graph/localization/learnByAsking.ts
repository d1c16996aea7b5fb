import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import {
  abortSignal,
  assertOptions,
  callback,
  count,
  type OptionChecks,
  object,
  required,
} from '../../numeric/options.ts';
import { imageCountOf } from '../inference.ts';
import { answerQuestion, type LearningContext } from './answerQuestion.ts';
import { type AskOptions, askChecks, assertDialogue, nextQuestion } from './askNext.ts';
import { templateChecks } from './learnPartTemplates.ts';
import type { PartAnswer, PartDialogue, PartQuestion } from './types.ts';

/** Options of {@link learnByAsking}. */
export interface LearnByAskingOptions extends AskOptions {
  /** Answers a question, at its leisure; `null` ends the dialogue. */
  readonly ask: (question: PartQuestion) => PartAnswer | null | Promise<PartAnswer | null>;
  /** How many questions at most; 10 by default. */
  readonly questions?: number;
  /** What was asked and learnt before; nothing by default. */
  readonly dialogue?: PartDialogue;
  /** Stops the call before the next question; it rejects with `signal.reason`. None by default. */
  readonly signal?: AbortSignal;
}

const checks: OptionChecks<LearnByAskingOptions> = {
  ...askChecks,
  ask: required(callback),
  questions: count(1),
  dialogue: object,
  signal: abortSignal,
};

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
 * import { fitExplanatoryGraph, inferPatterns } from 'vitrine';
 * import { learnByAsking, syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 12, layers: [{ name: 'top', positions: 10, unitCount: 4 }] });
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
  assertOptions(options, checks);
  object('context', context);
  imageCountOf(context.inference);
  if (context.share !== undefined) templateChecks.share('share', context.share);
  if (options.dialogue !== undefined) assertDialogue(options.dialogue);
  const [state, plan] = await owned(context, options);
  const { ask, questions = 10, dialogue: begun = { part: null, answers: [] }, signal, ...asking } = plan;
  let dialogue = begun;
  for (let asked = 0; asked < questions; asked++) {
    const question = await inSlices(nextQuestion(dialogue, state.inference, asking), { signal });
    const answer = question && (await ask(question));
    if (!question || !answer) break;
    dialogue = answerQuestion(dialogue, { image: question.image, answer }, state);
  }
  return dialogue;
}
