import { assertPicture } from '../image/assertPicture.ts';
import { toBase64 } from '../image/files/base64.ts';
import { encodePng } from '../image/files/encodePng.ts';
import type { Picture } from '../image/types.ts';
import { assertList, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { escaped } from '../numeric/escaped.ts';
import { assertOptions, object, text } from '../numeric/options.ts';
import { formatNumber } from './formatNumber.ts';
import { htmlPage, paragraphsHtml } from './htmlPage.ts';

/** What a table cell holds; numbers are set to the right with three significant digits, booleans as yes and no. */
export type TableValue = string | number | boolean | null;

/** A table of a report. */
export interface ReportTable {
  readonly columns: readonly string[];
  /** As many values per row as there are columns. */
  readonly rows: readonly (readonly TableValue[])[];
}

/** One section of a report: its parts appear in this order. */
export interface ReportSection {
  readonly title: string;
  /** Plain text; an empty line begins a paragraph. */
  readonly text?: string;
  readonly pictures?: readonly { readonly picture: Picture; readonly caption?: string }[];
  readonly table?: ReportTable;
}

/** Options of {@link report}. */
export interface ReportOptions {
  /** Of the page; `'Report'` by default. */
  readonly title?: string;
  /** The language of the text as a BCP 47 tag; `'en'` by default. */
  readonly language?: string;
}

/**
 * Writes pictures, text and tables as one HTML page that needs nothing else: pictures are in it, nothing is loaded, no
 * script runs. It follows the reader's light or dark setting and narrow screens.
 *
 * @param sections from top to bottom; all text is escaped.
 * @param options `title`, `language`.
 * @returns an HTML page.
 * @throws {VitrineError} if a section has no title or a picture is none, or if a table row has not one value per column.
 * @example
 * ```ts
 * import { heatmap, report } from 'vitrine';
 * const table = { columns: ['class', 'probability'], rows: [['tabby', 0.41], ['lynx', 0.02]] };
 * const html = report([{ title: 'Prediction', pictures: [{ picture: heatmap(map), caption: 'Evidence' }], table }]);
 * ```
 */
export function report(sections: readonly ReportSection[], options: ReportOptions = {}): string {
  assertOptions(options, { title: text, language: text });
  assertList('sections', sections);
  const { title = 'Report', language = 'en' } = options;
  return htmlPage({ title, language, main: sections.map(sectionHtml).join('\n') });
}

/** A section as HTML; messages call it by its place in a list. */
export function sectionHtml(section: ReportSection, index: number): string {
  const at = `sections[${index}]`;
  if (typeof section?.title !== 'string') {
    throw new VitrineError('bad-argument', `"${at}.title" expected a string, got ${describe(section?.title)}`);
  }
  const { title, text: paragraphs = '', pictures = [], table } = section;
  text(`${at}.text`, paragraphs);
  assertList(`${at}.pictures`, pictures);
  const parts = [
    `<h2>${escaped(title)}</h2>`,
    ...paragraphsHtml(paragraphs),
    ...(pictures.length > 0 ? [galleryHtml(pictures, `${at}.pictures`)] : []),
    ...(table !== undefined ? [tableHtml(table, `${at}.table`)] : []),
  ];
  return `<section>\n${parts.join('\n')}\n</section>`;
}

function galleryHtml(pictures: NonNullable<ReportSection['pictures']>, at: string): string {
  const figures = pictures.map((one, i) => {
    object(`${at}[${i}]`, one);
    const { picture, caption = '' } = one;
    assertPicture(`${at}[${i}].picture`, picture);
    text(`${at}[${i}].caption`, caption);
    const source = `data:image/png;base64,${toBase64(encodePng(picture))}`;
    const size = `width="${picture.width}" height="${picture.height}"`;
    // Few pixels are shown as squares.
    const style = picture.width < 64 ? ' class="tiny"' : '';
    const image = `<img src="${source}" ${size}${style} alt="${escaped(caption)}">`;
    return `<figure>${image}${caption === '' ? '' : `<figcaption>${escaped(caption)}</figcaption>`}</figure>`;
  });
  return `<div class="gallery">\n${figures.join('\n')}\n</div>`;
}

function tableHtml(table: ReportTable, at: string): string {
  object(at, table);
  const { columns, rows } = table;
  assertList(`${at}.columns`, columns);
  columns.forEach((name, i) => text(`${at}.columns[${i}]`, name));
  assertList(`${at}.rows`, rows);
  rows.forEach((row, i) => {
    assertList(`${at}.rows[${i}]`, row);
    if (row.length === columns.length) return;
    throw new VitrineError('bad-argument', `"${at}.rows[${i}]" expected ${columns.length} values, got ${row.length}`);
  });
  const numeric = columns.map((_, column) => rows.length > 0 && rows.every((row) => isNumeric(row[column] ?? null)));
  const cell = (tag: string, content: string, column: number): string =>
    `<${tag}${numeric[column] ? ' class="number"' : ''}>${escaped(content)}</${tag}>`;
  const head = columns.map((name, column) => cell('th', name, column)).join('');
  const body = rows.map((row) => `<tr>${row.map((value, column) => cell('td', textOf(value), column)).join('')}</tr>`);
  return `<div class="scroll"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`;
}

function isNumeric(value: TableValue): boolean {
  return typeof value === 'number' || value === null;
}

function textOf(value: TableValue): string {
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? '–' : String(value);
}
