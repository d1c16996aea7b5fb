import { assertNumber, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { atOnce } from '../../numeric/sliced.ts';
import { conceptIndex } from '../counting/conceptIndex.ts';
import type { Concept, Dissection } from '../types.ts';
import { assertDissection } from './assertDissection.ts';
import { dissectionFrom } from './dissectionFrom.ts';

const format = 'vitrine/dissection';
const version = 1;

/** What is counted; all else follows from it. */
const tables = ['thresholds', 'intersection', 'mask', 'area', 'truth', 'extent'] as const;

/**
 * A dissection as JSON, to keep or to send: what was counted, in full precision.
 *
 * @param dissection what `dissect` gives for a layer.
 * @returns one line of JSON with `format`, `version`, `threshold`, `imageCount`, `size`, `concepts`, `categories`, and the tables
 * `thresholds`, `intersection`, `mask`, `area`, `truth` and `extent` row by row. IoU and what each unit stands for are
 * left out: {@link parseDissection} works them out again, to the bit.
 * @throws {VitrineError} if `dissection` is none, or a table holds a number that is not finite, which JSON has no word for.
 * @example
 * ```ts
 * import { dissectActivations, dissectionJson, parseDissection } from 'vitrine';
 * const dissection = await dissectActivations(labelled, { concepts });
 * const again = parseDissection(dissectionJson(dissection));
 * console.log(again.units[2].best?.iou === dissection.units[2].best?.iou);
 * ```
 */
export function dissectionJson(dissection: Dissection): string {
  assertDissection('dissection', dissection);
  const { threshold, imageCount, size, categories, intersection, area } = dissection;
  const concepts = dissection.concepts.map(({ number, name, category }) => ({ number, name, category }));
  const numbers = tables.map((name): [string, readonly number[]] => {
    const values = { ...dissection, intersection: intersection.data, area: area.data }[name];
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw new VitrineError('not-finite', `"dissection.${name}" expected finite numbers, got ${values[wrong]}`);
    return [name, Array.from(values)];
  });
  return JSON.stringify({
    format,
    version,
    threshold,
    imageCount,
    size,
    concepts,
    categories,
    ...Object.fromEntries(numbers),
  });
}

/**
 * The dissection that {@link dissectionJson} wrote, the same to the bit.
 *
 * @param json the text.
 * @returns the dissection.
 * @throws {VitrineError} if the text is no JSON, or if it is no dissection, is one of another version, or its
 * tables do not fit each other.
 * @example
 * ```ts
 * import { dissectActivations, dissectionJson, mergeDissections, parseDissection } from 'vitrine';
 * const json = dissectionJson(await dissectActivations(labelled, { concepts }));
 * console.log(mergeDissections([parseDissection(json), parseDissection(json)]).imageCount);
 * ```
 */
export function parseDissection(json: string): Dissection {
  const parsed = record(parsedJson(json));
  if (parsed['format'] !== format) throw refused('', `a dissection of format "${format}"`, parsed['format']);
  if (parsed['version'] !== version) throw refused('.version', `${version}`, parsed['version']);
  const { threshold, imageCount } = parsed;
  const size = numbersOf(parsed, 'size');
  assertNumber('json.threshold', threshold as number, 0);
  assertNumber('json.imageCount', imageCount as number, 1);
  const index = conceptIndex(conceptsOf(parsed['concepts']), listOf(parsed, 'categories').map(String));
  const [units, concepts, categories] = [
    listOf(parsed, 'thresholds').length,
    index.concepts.length,
    index.categories.length,
  ];
  const lengths = { intersection: units * concepts, mask: units, area: units * categories };
  const expected = { thresholds: units, ...lengths, truth: concepts, extent: categories, size: 2 };
  for (const name of [...tables, 'size'] as const) {
    const { length } = listOf(parsed, name);
    if (length !== expected[name]) throw refused(`.${name}`, `${expected[name]} numbers`, length);
  }
  const [thresholds, intersection, mask, area, truth, extent] = tables.map((name) => numbersOf(parsed, name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const tally = { intersection, mask, area, truth, extent, images: Float64Array.of(imageCount as number, ...size) };
  return atOnce(dissectionFrom({ tally, thresholds, index, threshold: threshold as number }));
}

function parsedJson(json: string): unknown {
  if (typeof json !== 'string') throw refused('', 'a text', json);
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new VitrineError('bad-file', `"json" expected JSON, got text that is none: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refused('', 'a dissection', value);
}

function conceptsOf(value: unknown): readonly Concept[] {
  if (!Array.isArray(value)) throw refused('.concepts', 'a list', value);
  return value.map((concept: unknown, i) => {
    const { number, name, category } = record(concept) as unknown as Concept;
    if (typeof name === 'string' && typeof category === 'string') return { number, name, category };
    throw refused(`.concepts[${i}]`, 'a number, a name and a category', concept);
  });
}

function listOf(parsed: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const value = parsed[name];
  if (Array.isArray(value)) return value;
  throw refused(`.${name}`, 'a list', value);
}

function numbersOf(parsed: Readonly<Record<string, unknown>>, name: string): Float64Array {
  const values = listOf(parsed, name);
  const wrong = values.findIndex((value) => typeof value !== 'number' || !Number.isFinite(value));
  if (wrong >= 0) throw refused(`.${name}[${wrong}]`, 'a finite number', values[wrong]);
  return Float64Array.from(values as readonly number[]);
}

function refused(part: string, expected: string, got: unknown): VitrineError {
  return new VitrineError('bad-argument', `"json${part}" expected ${expected}, got ${describe(got)}`);
}
