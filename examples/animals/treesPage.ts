import { report, treeDiagram } from 'vitrine';
import type { TreeOutline } from 'vitrine/distillation';
import type { ReportTable } from 'vitrine/render';

/** One kind of tree: what it found, as text, tables and a drawing. */
export interface TreeChapter {
  /** Of its files. */
  readonly name: string;
  readonly title: string;
  /** A sentence on what is seen, and on each column. */
  readonly text: string;
  readonly tables: readonly NamedTable[];
  /** As much of the tree as can be drawn. */
  readonly drawing: TreeOutline;
  /** More of it, as text; what is drawn by default. */
  readonly whole?: TreeOutline;
}

/** A table with what it is about. */
export interface NamedTable extends ReportTable {
  readonly title: string;
}

/** The chapters as a page: each with its drawing, then its tables. */
export function treesPage(chapters: readonly TreeChapter[]): string {
  const sections = chapters.flatMap(({ name, title, text, tables }) => [
    { title, text: `${text}\n\n${placeOf(name)}` },
    ...tables.map((table) => ({ title: table.title, table })),
  ]);
  const page = report(sections, { title: 'Decisions of a network as trees' });
  return chapters.reduce((html, { name, title, drawing }) => {
    const fitting = '<svg style="max-width: 100%; height: auto"';
    const svg = treeDiagram(drawing, { title, thumbnailSize: 72 }).replace('<svg', fitting);
    return html.replace(`<p>${placeOf(name)}</p>`, () => `<div class="strip">${svg}</div>`);
  }, page);
}

/** Where the drawing goes: a report takes no markup. */
function placeOf(name: string): string {
  return `(drawing of ${name})`;
}

/** A table as lines of text. */
export function tableText({ title, columns, rows }: NamedTable): string {
  const texts = [columns, ...rows.map((row) => row.map(cellText))].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const lines = texts.map((row) => row.map((text, column) => text.padStart(widths[column] ?? 0)).join('  '));
  return [title, ...lines].join('\n');
}

function cellText(value: unknown): string {
  if (typeof value !== 'number') return String(value ?? '–');
  return Number.isInteger(value) && value > 1 ? String(value) : value.toFixed(3);
}
