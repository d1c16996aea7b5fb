import { assertPicture } from '../image/assertPicture.ts';
import { resize } from '../image/resize.ts';
import type { Picture } from '../image/types.ts';
import { assertRoom, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { assertOptions, integer, type OptionChecks, object, text } from '../numeric/options.ts';
import { blank, type Color, place } from './drawing/canvas.ts';
import { colorBarHeight, drawColorBar } from './drawing/colorBar.ts';
import { assertColorScale, type ColorScale } from './drawing/colorScale.ts';
import { drawText, lineHeight, type TextStyle, wrapText } from './drawing/text.ts';

/** One picture of a contact sheet and what is written about it. */
export interface SheetCell {
  readonly picture: Picture;
  /** Above the picture, in bold. */
  readonly title?: string;
  /** Below the title, in grey. */
  readonly subtitle?: string;
  /** Below the picture: the colours with the numbers that they stand for, as `colorScale` gives them. */
  readonly colorbar?: ColorScale;
}

/** Options of {@link contactSheet}. */
export interface ContactSheetOptions {
  /** Pictures side by side; by default as many as make the sheet about square. */
  readonly columns?: number;
  /** Above the whole sheet; none by default. */
  readonly title?: string;
  /** The width in pixels to which pictures are brought, before `magnification`; by default that of the widest one, at least 160. */
  readonly cellWidth?: number;
  /** Enlarges everything, text included; a whole number from 1 to 16, 1 by default. */
  readonly magnification?: number;
}

const white: Color = [255, 255, 255];
const ink: Color = [26, 28, 33];
const grey: Color = [98, 104, 115];
const gap = 16;
const space = 6;

const checks: OptionChecks<ContactSheetOptions> = {
  columns: integer(1),
  title: text,
  cellWidth: integer(1),
  magnification: integer(1, 16),
};

/**
 * Lays pictures out in rows, with titles, and colour bars with numbers, all drawn into one picture.
 *
 * Long titles are broken into lines. Latin letters lose accents; what else the font lacks is an empty box.
 *
 * @param cells what to show, row by row.
 * @param options `columns`, `title`, `cellWidth`, `magnification`.
 * @returns the sheet as a `Picture`.
 * @throws {VitrineError} if there are no cells, a cell has no picture, or an option is not as described.
 * @example
 * ```ts
 * import { colorScale, contactSheet, heatmap } from 'vitrine';
 * const cells = [{ picture, title: 'Input' }, { picture: heatmap(map), title: 'Map', colorbar: colorScale(map) }];
 * const sheet = contactSheet(cells, { columns: 2, title: 'What it saw' });
 * ```
 */
export function contactSheet(cells: readonly SheetCell[], options: ContactSheetOptions = {}): Picture {
  assertOptions(options, checks);
  const { columns, cellWidth, magnification: scale, title } = checked(cells, options);
  const width = columns * (cellWidth + gap * scale) + gap * scale;
  const heading: TextStyle = { scale: Math.ceil(scale * 1.5), color: ink };
  const headingLines = title === '' ? [] : wrapText(title, width - 2 * gap * scale, heading);
  const rows = rowsOf(cells, { columns, cellWidth, scale });
  const headingHeight =
    headingLines.length * lineHeight * heading.scale + (headingLines.length > 0 ? gap / 2 : 0) * scale;
  const height = rows.reduce((sum, row) => sum + row.height + gap * scale, gap * scale + headingHeight);
  const canvas = blank(width, height, white);
  drawLines(canvas, headingLines, { ...heading, left: gap * scale, top: gap * scale });
  let top = gap * scale + headingHeight;
  for (const row of rows) {
    row.cells.forEach((cell, column) => {
      drawCell(canvas, cell, { row, scale, left: gap * scale + column * (cellWidth + gap * scale), top });
    });
    top += row.height + gap * scale;
  }
  return canvas;
}

function checked(
  cells: readonly SheetCell[],
  { columns = Math.ceil(Math.sqrt(cells?.length)), title = '', cellWidth, magnification = 1 }: ContactSheetOptions,
): Required<ContactSheetOptions> {
  if (!Array.isArray(cells) || cells.length === 0) {
    throw new VitrineError('bad-argument', `"cells" expected a list of at least one {picture}, got ${describe(cells)}`);
  }
  cells.forEach(assertCell);
  const width = cellWidth ?? Math.max(160, ...cells.map(({ picture }: SheetCell) => picture.width));
  const large = width * magnification;
  assertRoom('cellWidth', [large, large, 4]);
  return { columns: Math.min(columns, cells.length), title, cellWidth: large, magnification };
}

function assertCell(cell: SheetCell, i: number): void {
  object(`cells[${i}]`, cell);
  const { picture, title, subtitle, colorbar } = cell;
  assertPicture(`cells[${i}].picture`, picture);
  if (title !== undefined) text(`cells[${i}].title`, title);
  if (subtitle !== undefined) text(`cells[${i}].subtitle`, subtitle);
  if (colorbar !== undefined) assertColorScale(`cells[${i}].colorbar`, colorbar);
}

interface LaidCell {
  readonly picture: Picture;
  readonly titleLines: readonly string[];
  readonly subtitleLines: readonly string[];
  readonly colorbar: ColorScale | undefined;
}

interface Row {
  readonly cells: readonly LaidCell[];
  readonly textHeight: number;
  readonly pictureHeight: number;
  readonly height: number;
}

function rowsOf(
  cells: readonly SheetCell[],
  { columns, cellWidth, scale }: { columns: number; cellWidth: number; scale: number },
): readonly Row[] {
  return Array.from({ length: Math.ceil(cells.length / columns) }, (_, i) => {
    const laid = cells.slice(i * columns, (i + 1) * columns).map((cell) => layOut(cell, cellWidth, scale));
    const lines = Math.max(...laid.map(({ titleLines, subtitleLines }) => titleLines.length + subtitleLines.length));
    const textHeight = lines === 0 ? 0 : (lines * lineHeight + space / 2) * scale;
    const pictureHeight = Math.max(...laid.map(({ picture }) => picture.height));
    const barHeight = laid.some(({ colorbar }) => colorbar) ? (space + colorBarHeight) * scale : 0;
    return { cells: laid, textHeight, pictureHeight, height: textHeight + pictureHeight + barHeight };
  });
}

function layOut({ picture, title = '', subtitle = '', colorbar }: SheetCell, width: number, scale: number): LaidCell {
  return {
    picture: broughtTo(picture, width),
    titleLines: title === '' ? [] : wrapText(title, width, { scale, bold: true }),
    subtitleLines: subtitle === '' ? [] : wrapText(subtitle, width, { scale }),
    colorbar,
  };
}

// Small maps are enlarged to visible squares, not blurred.
function broughtTo(picture: Picture, width: number): Picture {
  const factor = width / picture.width;
  if (factor === 1) return picture;
  const height = Math.max(1, Math.round(picture.height * factor));
  return factor >= 4 ? enlarged(picture, [height, width]) : resize(picture, [height, width], { antialias: true });
}

function enlarged({ width, height, data }: Picture, [toHeight, toWidth]: readonly [number, number]): Picture {
  const canvas = blank(toWidth, toHeight, white);
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      const from = (Math.floor((y * height) / toHeight) * width + Math.floor((x * width) / toWidth)) * 4;
      canvas.data.set(data.subarray(from, from + 4), (y * toWidth + x) * 4);
    }
  }
  return canvas;
}

function drawCell(
  canvas: Picture,
  { picture, titleLines, subtitleLines, colorbar }: LaidCell,
  { row, scale, left, top }: { row: Row; scale: number; left: number; top: number },
): void {
  drawLines(canvas, titleLines, { scale, color: ink, bold: true, left, top });
  drawLines(canvas, subtitleLines, { scale, color: grey, left, top: top + titleLines.length * lineHeight * scale });
  place(canvas, picture, [left, top + row.textHeight]);
  const below = top + row.textHeight + row.pictureHeight + space * scale;
  if (colorbar) drawColorBar(canvas, colorbar, { scale, color: grey, left, top: below, width: picture.width });
}

function drawLines(canvas: Picture, lines: readonly string[], style: TextStyle & { left: number; top: number }): void {
  lines.forEach((line, i) => drawText(canvas, line, { ...style, top: style.top + i * lineHeight * style.scale }));
}
