import { beforeAll, describe, expect, test } from 'vitest';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import type { PatternInference } from '../../src/graph/inference.ts';
import { inferPatterns } from '../../src/graph/inferPatterns.ts';
import { answerQuestion } from '../../src/graph/localization/answerQuestion.ts';
import { askNext } from '../../src/graph/localization/askNext.ts';
import { includePatterns } from '../../src/graph/localization/includePatterns.ts';
import { learnByAsking } from '../../src/graph/localization/learnByAsking.ts';
import { learnPartTemplates } from '../../src/graph/localization/learnPartTemplates.ts';
import { localizePart } from '../../src/graph/localization/localizePart.ts';
import type {
  PartAnnotation,
  PartAnswer,
  PartDialogue,
  PartQuestion,
  PartTemplates,
} from '../../src/graph/localization/types.ts';
import { type SyntheticPatterns, syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import type { ExplanatoryGraph } from '../../src/graph/types.ts';

const images = 30;
const nothing: PartDialogue = { part: null, answers: [] };

let synthetic: SyntheticPatterns;
let graph: ExplanatoryGraph;
let inference: PatternInference;

beforeAll(async () => {
  synthetic = syntheticPatterns({ seed: 3, imageCount: images });
  graph = await fitExplanatoryGraph(synthetic.maps, { layers: ['lower', 'upper'], patternsPerFilter: 6 });
  inference = await inferPatterns(graph, synthetic.maps);
});

/** Where a planted part of the object is in an image. */
function place(image: number, filter = 0): readonly [number, number] {
  const [part] = synthetic.truth['lower']?.[filter]?.parts ?? [];
  const data = part?.positions.data ?? new Float64Array();
  return [data[2 * image] as number, data[2 * image + 1] as number];
}

function annotated(...chosen: readonly number[]): readonly PartAnnotation[] {
  return chosen.map((image) => ({ image, position: place(image), size: [10 + image, 20] as const }));
}

function errors(part: PartTemplates, filter = 0): readonly number[] {
  const { positions } = localizePart(part, inference);
  return Array.from({ length: images }, (_, image) => {
    const [row, column] = place(image, filter);
    return Math.hypot((positions.data[2 * image] as number) - row, (positions.data[2 * image + 1] as number) - column);
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('three annotations', () => {
  test.each([0, 1, 2, 3])('find a planted part within a step of the layer: filter %i', (filter) => {
    const annotations = [0, 1, 2].map((image) => ({ image, position: place(image, filter) }));
    const part = learnPartTemplates(graph, { inference, annotations });
    // The part moves by 12 pixels per axis with the object; a step of the layer is 8 pixels.
    expect(mean(errors(part, filter))).toBeLessThan(4);
  });

  test('find it with half the error of the peak of the best single filter', () => {
    const part = learnPartTemplates(graph, { inference, annotations: annotated(0, 1, 2) });
    const { activations, centre, jump } = synthetic.maps.layers['lower'] as (typeof synthetic.maps.layers)[string];
    const [, height, width, units] = activations.shape as [number, number, number, number];
    const ofFilter = (unit: number): number => {
      const found = Array.from({ length: images }, (_, image) => {
        let best = 0;
        for (let p = 1; p < height * width; p++) {
          const at = (q: number): number => activations.data[(image * height * width + q) * units + unit] as number;
          if (at(p) > at(best)) best = p;
        }
        return [centre[0] + jump[0] * Math.floor(best / width), centre[1] + jump[1] * (best % width)] as const;
      });
      const offsets = [0, 1, 2].map((image) =>
        [0, 1].map((axis) => place(image)[axis as 0] - (found[image]?.[axis as 0] as number)),
      );
      const offset = [0, 1].map((axis) => mean(offsets.map((one) => one[axis] as number))) as [number, number];
      return mean(
        found.map(([row, column], image) =>
          Math.hypot(row + offset[0] - place(image)[0], column + offset[1] - place(image)[1]),
        ),
      );
    };
    const best = Math.min(...Array.from({ length: units }, (_, unit) => ofFilter(unit)));
    expect(mean(errors(part))).toBeLessThan(best / 2);
  });

  test('the result is plain data that survives JSON', () => {
    const part = learnPartTemplates(graph, { inference, annotations: annotated(0, 1, 2) });
    const read = JSON.parse(JSON.stringify(part)) as PartTemplates;
    expect(read).toEqual(part);
    expect(localizePart(read, inference)).toEqual(localizePart(part, inference));
    expect(structuredClone(localizePart(part, inference))).toEqual(localizePart(part, inference));
  });

  test('boxes have the mean size of the annotations', () => {
    const part = learnPartTemplates(graph, { inference, annotations: annotated(0, 1, 2) });
    expect(part.templates[0]?.size).toEqual([11, 20]);
    const { boxes, positions } = localizePart(part, inference);
    const [top, left, bottom, right] = boxes.data as unknown as [number, number, number, number];
    expect(bottom - top).toBeCloseTo(11, 10);
    expect(right - left).toBeCloseTo(20, 10);
    expect((top + bottom) / 2).toBeCloseTo(positions.data[0] as number, 10);
    const without = learnPartTemplates(graph, { inference, annotations: [{ image: 0, position: place(0) }] });
    expect(localizePart(without, inference).boxes.data[0]).toBeNaN();
  });
});

test('votes agree where a plain search over all pixels finds it', () => {
  const part = learnPartTemplates(graph, { inference, annotations: annotated(4, 5, 6) });
  const { positions, scores } = localizePart(part, inference);
  const patterns = part.templates[0]?.patterns ?? [];
  for (const image of [7, 8]) {
    let best = { sum: 0, row: 0, column: 0 };
    for (let row = -20; row < 180; row++) {
      for (let column = -20; column < 180; column++) {
        let sum = 0;
        for (const { layer, node, offset, weight, deviation, meanScore } of patterns) {
          const own = inference[layer] as PatternInference[string];
          const k = image * (own.scores.shape[1] as number) + node;
          const [y, x] = [
            (own.positions.data[2 * k] as number) + offset[0],
            (own.positions.data[2 * k + 1] as number) + offset[1],
          ];
          const active = Math.min((own.scores.data[k] as number) / meanScore, 1);
          sum += weight * active * Math.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * deviation ** 2));
        }
        if (sum > best.sum) best = { sum, row, column };
      }
    }
    const total = patterns.reduce((sum, { weight }) => sum + weight, 0);
    expect(scores[image]).toBeGreaterThanOrEqual(best.sum / total - 1e-12);
    expect(
      Math.hypot(
        (positions.data[2 * image] as number) - best.row,
        (positions.data[2 * image + 1] as number) - best.column,
      ),
    ).toBeLessThan(1.5);
  }
});

test('several templates: the one that agrees most', () => {
  const annotations = [
    ...[0, 1, 2].map((image) => ({ image, position: place(image, 0), template: 'first' })),
    ...[3, 4, 5].map((image) => ({ image, position: place(image, 1), template: 'second' })),
  ];
  const part = learnPartTemplates(graph, { inference, annotations });
  expect(part.templates.map(({ name }) => name)).toEqual(['first', 'second']);
  const both = localizePart(part, inference);
  const alone = part.templates.map((template) => localizePart({ ...part, templates: [template] }, inference));
  both.scores.forEach((score, image) => {
    expect(score).toBe(Math.max(...alone.map(({ scores }) => scores[image] as number)));
    const best = alone.findIndex(({ scores }) => scores[image] === score);
    expect(both.templates[image]).toBe(part.templates[best]?.name);
  });
});

test('patterns that are taken out do not vote, and come back', () => {
  const part = learnPartTemplates(graph, { inference, annotations: annotated(0, 1, 2) });
  const all = part.templates[0]?.patterns ?? [];
  const without = includePatterns(part, { template: 'part', patterns: all.slice(0, 2), included: false });
  expect(without.templates[0]?.patterns.map(({ included }) => included).slice(0, 3)).toEqual([false, false, true]);
  expect(part.templates[0]?.patterns[0]?.included).toBe(true);
  expect(localizePart(without, inference)).not.toEqual(localizePart(part, inference));
  expect(includePatterns(without, { template: 'part', patterns: all.slice(0, 2), included: true })).toEqual(part);
  const none = includePatterns(part, { template: 'part', patterns: all, included: false });
  expect(localizePart(none, inference).templates[0]).toBeNull();
  expect(localizePart(none, inference).positions.data[0]).toBeNaN();
  expect(() => includePatterns(part, { template: 'leg', patterns: [], included: true })).toThrow('"template" expected');
  expect(() =>
    includePatterns(part, { template: 'part', patterns: [{ layer: 'lower', node: 999 }], included: true }),
  ).toThrow('"patterns[0]" expected a pattern of template "part", got node 999 of "lower"');
});

describe('questions', () => {
  /** Says the truth: the part, with a tolerance of 6 pixels. */
  const oracle = ({ image, template, position }: PartQuestion): PartAnswer => {
    const truth = place(image);
    if (!template || !position) return { kind: 'new', template: 'part', position: truth };
    const isNear = Math.hypot(position[0] - truth[0], position[1] - truth[1]) < 6;
    return isNear ? { kind: 'correct' } : { kind: 'moved', position: truth };
  };

  test('an oracle teaches a part', async () => {
    const { part, answers } = await learnByAsking({ graph, inference }, { ask: oracle, questions: 8 });
    expect(answers).toHaveLength(8);
    expect(new Set(answers.map(({ image }) => image)).size).toBe(8);
    expect(mean(errors(part as PartTemplates))).toBeLessThan(6);
  });

  test('a dialogue goes on where it was, and is the same in one go', async () => {
    const begun = await learnByAsking(
      { graph, inference },
      { ask: async (question) => oracle(question), questions: 3 },
    );
    const saved = JSON.parse(JSON.stringify(begun)) as PartDialogue;
    const resumed = await learnByAsking({ graph, inference }, { ask: oracle, questions: 2, dialogue: saved });
    expect(resumed).toEqual(await learnByAsking({ graph, inference }, { ask: oracle, questions: 5 }));
  });

  test('all images are asked about once; absent ones are discarded', async () => {
    const asked: number[] = [];
    const { part, answers } = await learnByAsking(
      { graph, inference },
      {
        questions: 100,
        ask: (question) => {
          asked.push(question.image);
          return question.image % 3 === 0 ? { kind: 'absent' } : oracle(question);
        },
      },
    );
    expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from({ length: images }, (_, image) => image));
    expect(answers.filter(({ kind }) => kind === 'absent')).toHaveLength(10);
    expect(part?.templates.flatMap(({ annotations }) => annotations).some(({ image }) => image % 3 === 0)).toBe(false);
    expect(askNext({ part, answers }, inference)).toBeNull();
  });

  test('the first question is about the image that is nearest to all, the next about what tells most', () => {
    const first = askNext(nothing, inference) as PartQuestion;
    expect(first).toMatchObject({ template: null, position: null, score: 0, gain: 0 });
    const begun = answerQuestion(nothing, { image: first.image, answer: oracle(first) }, { graph, inference });
    const next = askNext(begun, inference) as PartQuestion;
    expect(next.image).not.toBe(first.image);
    expect(next.template).toBe('part');
    expect(next.gain).toBeGreaterThan(0);
    // With nothing passed on to other images, only its own score counts: the least is asked about.
    const alone = askNext(begun, inference, { fading: 1e6 }) as PartQuestion;
    const { scores } = localizePart(begun.part as PartTemplates, inference);
    const others = [...scores].filter((_, image) => image !== first.image);
    expect(alone.score).toBe(Math.min(...others));
  });

  test('the five answers', () => {
    const context = { graph, inference };
    const answer = (dialogue: PartDialogue, image: number, given: PartAnswer): PartDialogue =>
      answerQuestion(dialogue, { image, answer: given }, context);
    const begun = answer(nothing, 0, { kind: 'new', template: 'left', position: place(0), size: [8, 8] });
    const two = answer(begun, 1, { kind: 'new', template: 'right', position: place(1, 1) });
    expect(two.part?.templates.map(({ name, annotations }) => [name, annotations.length])).toEqual([
      ['left', 1],
      ['right', 1],
    ]);
    expect(answer(two, 2, { kind: 'correct' }).part).toBe(two.part);
    expect(answer(two, 2, { kind: 'absent' }).part).toBe(two.part);
    const found = localizePart(two.part as PartTemplates, inference).templates[2];
    const moved = answer(two, 2, { kind: 'moved', position: place(2) });
    expect(moved.part?.templates.find(({ name }) => name === found)?.annotations).toHaveLength(2);
    const other = answer(two, 2, { kind: 'other', template: 'right' });
    expect(other.part?.templates[1]?.annotations[1]).toMatchObject({ image: 2, template: 'right' });
    expect(other.part?.templates[0]).toBe(two.part?.templates[0]);
    expect(other.answers).toEqual([
      { image: 0, kind: 'new' },
      { image: 1, kind: 'new' },
      { image: 2, kind: 'other' },
    ]);
  });

  test('patterns that were taken out stay out when a template is learnt again', () => {
    const begun = answerQuestion(
      nothing,
      { image: 0, answer: { kind: 'new', template: 'part', position: place(0) } },
      { graph, inference },
    );
    const part = begun.part as PartTemplates;
    const [first] = part.templates[0]?.patterns ?? [];
    const without = includePatterns(part, { template: 'part', patterns: [first as never], included: false });
    const next = answerQuestion(
      { ...begun, part: without },
      { image: 1, answer: { kind: 'moved', position: place(1) } },
      { graph, inference },
    );
    const again = next.part?.templates[0]?.patterns.find(
      ({ layer, node }) => layer === first?.layer && node === first.node,
    );
    expect(again?.included ?? false).toBe(false);
  });

  test('answers that contradict each other or make no sense', () => {
    const context = { graph, inference };
    const position = place(0);
    const begun = answerQuestion(nothing, { image: 0, answer: { kind: 'new', template: 'part', position } }, context);
    const refused = (image: number, answer: PartAnswer, message: string, dialogue = begun): void =>
      expect(() => answerQuestion(dialogue, { image, answer }, context)).toThrow(message);
    refused(0, { kind: 'absent' }, '"image" expected one without an answer, got 0, of which there is the answer "new"');
    refused(1, { kind: 'new', template: 'part', position }, '"answer.template" expected a name that no template has');
    refused(1, { kind: 'other', template: 'leg' }, '"answer.template" expected');
    refused(1, { kind: 'correct' }, '"answer.kind" expected "new" or "absent"', nothing);
    refused(images, { kind: 'absent' }, '"image" expected an integer in 0..29');
    refused(1, { kind: 'new', template: 'a', position: [500, 0] }, '"annotations[0].position" expected pixels');
    refused(1, { kind: 'maybe' } as never, '"answer.kind" expected');
  });

  test('it can be stopped, by the person and by a signal', async () => {
    const ended = await learnByAsking({ graph, inference }, { ask: () => null });
    expect(ended).toEqual(nothing);
    const signal = AbortSignal.abort(new Error('later'));
    await expect(learnByAsking({ graph, inference }, { ask: oracle, signal })).rejects.toThrow('later');
  });
});

test('what cannot be learnt from, or used', () => {
  const learn = (annotations: readonly PartAnnotation[], share = 0.1): unknown =>
    learnPartTemplates(graph, { inference, annotations }, { share });
  expect(() => learn([])).toThrow('"annotations" expected at least one annotation, got none');
  expect(() => learn([{ image: images, position: [1, 1] }])).toThrow('"annotations[0].image" expected an integer');
  expect(() => learn([{ image: 0, position: [1, 161] }])).toThrow(
    'expected pixels of an image of 160×160, got [1, 161]',
  );
  expect(() => learn([{ image: 0, position: [Number.NaN, 1] }])).toThrow('"annotations[0].position[0]" expected');
  expect(() => learn([...annotated(0), ...annotated(0)])).toThrow('one annotation of a template in image 0');
  expect(() => learn(annotated(0), 1.5)).toThrow('"share" expected a number in 0..1');
  expect(() => learnPartTemplates({} as never, { inference, annotations: annotated(0) })).toThrow('"graph" expected');
  const part = learnPartTemplates(graph, { inference, annotations: annotated(0) });
  expect(() => localizePart({ ...part, version: 2 } as never, inference)).toThrow('"part" expected version 1, got 2');
  expect(() => localizePart(graph as never, inference)).toThrow('"part" expected format "vitrine/part-templates"');
  const { lower, ...rest } = inference;
  expect(() => localizePart(part, rest)).toThrow('nodes of layer "lower", got no such layer');
  expect(lower?.scores.shape[0]).toBe(images);
});
