import { readFile, writeFile } from 'node:fs/promises';
import type { Picture } from 'vitrine';
import { indexedPng } from '../pictures/indexedPng.ts';
import { type Claim, halfRandomized } from './claims.ts';
import type { Measured } from './measure.ts';
import { table } from './table.ts';

/** Puts text between `<!-- name -->` and `<!-- /name -->` of a page. */
export async function writeSection(page: string, name: string, text: string): Promise<void> {
  const before = await readFile(page, 'utf8');
  const section = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  if (!section.test(before)) throw new Error(`"${page}" expected a section "<!-- ${name} -->", got none`);
  await writeFile(page, before.replace(section, `$1\n${text}\n\n$2`));
}

export async function writePicture(name: string, picture: Picture): Promise<void> {
  await writeFile(`docs/pictures/${name}.png`, indexedPng(picture));
}

/** One row per method. What was not measured has no column. */
export function methodTable(rows: readonly Measured[]): string {
  const columns: readonly (readonly [title: string, cell: (row: Measured) => string | undefined])[] = [
    ['pointing game ↑', ({ pointing }) => pointing?.toFixed(2)],
    ['insertion ↑', ({ insertion }) => insertion.toFixed(3)],
    ['deletion ↓', ({ deletion }) => deletion.toFixed(3)],
    ['last layer randomised', ({ randomization }) => randomization?.at(0)?.toFixed(2)],
    ['upper half ↓', (row) => halfRandomized(row)?.toFixed(2)],
    ['all ↓', ({ randomization }) => randomization?.at(-1)?.toFixed(2)],
    ['ms per picture', ({ milliseconds }) => milliseconds.toFixed(milliseconds < 10 ? 1 : 0)],
  ];
  const measured = columns.filter(([, cell]) => rows.some((row) => cell(row) !== undefined));
  return table(
    ['method', ...measured.map(([title]) => title)],
    rows.map((row) => [`\`${row.name}\``, ...measured.map(([, cell]) => cell(row) ?? '')]),
  );
}

export function claimTable(claims: readonly Claim[]): string {
  return table(
    ['known', 'here', 'holds'],
    claims.map(({ text, figures, holds }) => [text, figures, holds ? 'yes' : 'no']),
  );
}
