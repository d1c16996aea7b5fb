import { assertPicture } from '../../image/assertPicture.ts';
import type { Picture } from '../../image/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { anything, assertOptions, integer, listOf, type OptionChecks, text } from '../../numeric/options.ts';
import { counted } from '../drawing/svg.ts';
import { htmlPage, paragraphsHtml } from '../htmlPage.ts';
import { type ReportSection, sectionHtml } from '../report.ts';
import {
  assertDescriptions,
  assertSlices,
  percent,
  type ShownDescription,
  type ShownRate,
  type ShownSlices,
} from './assertSlices.ts';
import { sliceChart } from './sliceChart.ts';

/** What {@link slicePage} shows beside the slices. */
export interface SlicePageOptions {
  /** Pictures of all examples, in their order; none by default. */
  readonly pictures?: readonly Picture[];
  /** How many members of each slice are shown; 8 by default. */
  readonly examples?: number;
  /** Names of classes; numbers alone by default. */
  readonly labels?: readonly string[];
  /** What `describeSlices` says of each slice; nothing by default. */
  readonly descriptions?: readonly (readonly ShownDescription[])[];
  /** Of the page; `'Slices'` by default. */
  readonly title?: string;
  /** Plain text below the title; an empty line begins a paragraph; none by default. */
  readonly text?: string;
  /** The language of title and text as a BCP 47 tag; `'en'` by default. */
  readonly language?: string;
}

const checks: OptionChecks<SlicePageOptions> = {
  pictures: listOf((argument, value) => assertPicture(argument, value as Picture)),
  examples: integer(1),
  labels: listOf(text),
  descriptions: anything,
  title: text,
  text,
  language: text,
};

/**
 * Writes slices as one HTML page that needs nothing else: a chart of their error rates, and for each its figures, its first members,
 * what was taken for what, and what its members have in common.
 *
 * @param found what `findSlices` gives.
 * @param options `pictures`, `examples`, `labels`, `descriptions`, `title`, `text`, `language`.
 * @returns an HTML page.
 * @throws {VitrineError} if these are no slices, or there are fewer pictures than examples, or descriptions of other slices.
 * @example
 * ```ts
 * import { findSlices } from 'vitrine/diagnosis';
 * import { slicePage } from 'vitrine/render';
 * const embeddings = { shape: [4, 1], data: Float32Array.of(0, 0.1, 5, 5.1) };
 * const probabilities = { shape: [4, 2], data: Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.9, 0.1, 0.3, 0.7) };
 * const found = await findSlices({ embeddings, labels: [0, 0, 1, 1], probabilities });
 * const html = slicePage(found, { labels: ['cat', 'dog'], title: 'Where it fails' });
 * ```
 */
export function slicePage(found: ShownSlices, options: SlicePageOptions = {}): string {
  assertOptions(options, checks);
  assertSlices(found);
  const { title = 'Slices', language = 'en', descriptions, pictures } = options;
  if (descriptions !== undefined) assertDescriptions(descriptions, found.slices.length);
  if (pictures && pictures.length < found.labels.length) {
    throw new VitrineError('bad-shape', `"pictures" expected ${found.labels.length}, got ${pictures.length}`);
  }
  const sections = found.slices.flatMap((_, i) => sectionsOf(found, i, options));
  const main = [
    ...paragraphsHtml(options.text ?? ''),
    ...paragraphsHtml(overview(found)),
    `<figure class="chart">\n${sliceChart(found)}\n</figure>`,
    ...sections.map(sectionHtml),
  ];
  return htmlPage({ title, language, style, main: main.join('\n') });
}

const style = `
.chart { padding: 0; background: none; overflow-x: auto; }
svg { max-width: none; }
.gallery .tiny { width: 7rem; }
`;

function overview({ slices, all, heldOut }: ShownSlices): string {
  const unseen = heldOut ? `, ${rateText(heldOut)} of held-out ones` : '';
  return `${counted(slices.length, 'slice')} of ${counted(all.size, 'example')}, the worst first. The network errs on ${rateText(all)} of all examples${unseen}. Errors helped to choose the members of slices, so that their rates are too high${heldOut ? '; those of held-out examples, hollow in the chart, are not' : ''}.`;
}

function sectionsOf(found: ShownSlices, i: number, options: SlicePageOptions): readonly ReportSection[] {
  const { members, confusion, rest, heldOut, ...own } = found.slices[i] as ShownSlices['slices'][number];
  const { pictures, examples = 8, labels = [], descriptions } = options;
  const name = (label: number): string => labels[label] ?? `class ${label}`;
  const shown = pictures ? [...members.subarray(0, examples)] : [];
  const unseen = heldOut ? ` Of held-out examples that are like them it errs on ${rateText(heldOut)}.` : '';
  const errors = confusion.filter(({ label, predicted }) => label !== predicted).slice(0, 3);
  const mistakes = errors.map(
    ({ label, predicted, count }) => `${name(label)} taken for ${name(predicted)} (${count})`,
  );
  const described = descriptions?.[i] ?? [];
  return [
    {
      title: `Slice ${i + 1}`,
      text: [
        `The network errs on ${rateText(own)} of ${counted(own.size, 'example')}, and on ${rateText(rest)} of all others.${unseen}`,
        ...(mistakes.length > 0 ? [`Most frequent: ${mistakes.join(', ')}.`] : []),
      ].join('\n\n'),
      pictures: shown.flatMap((example) => {
        const [label, predicted] = [found.labels[example] as number, found.predicted[example] as number];
        const caption = label === predicted ? name(label) : `${name(label)}, taken for ${name(predicted)}`;
        const picture = pictures?.[example];
        return picture ? [{ picture, caption: `${example}: ${caption}` }] : [];
      }),
      ...(described.length > 0 && { table: descriptionTable(described) }),
    },
  ];
}

function descriptionTable(described: readonly ShownDescription[]): NonNullable<ReportSection['table']> {
  return {
    columns: ['What', 'inside', 'outside', 'p', 'false findings'],
    rows: described.map(({ name, inside, outside, pValue, falseDiscoveryRate }) => [
      name,
      inside,
      outside,
      pValue,
      falseDiscoveryRate,
    ]),
  };
}

function rateText({ errorRate, interval }: ShownRate): string {
  return `${percent(errorRate)} (${percent(interval.low)} to ${percent(interval.high)})`;
}
