import type { Picture } from '../../image/types.ts';
import { blendPixel, type Color } from './canvas.ts';
import { type Glyph, glyphHeight, glyphOf, hasGlyph } from './font.ts';

/** How text looks. */
export interface TextStyle {
  /** The width of a stroke in pixels; capitals are nine times as high. Whole numbers give sharp text. */
  readonly scale: number;
  readonly color: Color;
  readonly bold?: boolean;
}

/** The distance between the tops of two lines, in strokes. */
export const lineHeight = 15;

/** The width of a line of text in pixels. */
export function textWidth(text: string, { scale, bold = false }: Pick<TextStyle, 'scale' | 'bold'>): number {
  const extra = bold ? boldness(scale) : 0;
  const advances = charactersOf(text).map((character) => glyphOf(character).advance + extra);
  return Math.max(0, advances.reduce((sum, advance) => sum + advance, 0) - 1) * scale;
}

/** Breaks text into lines that fit a width: between words, and within a word only where it is longer than a line. */
export function wrapText(text: string, width: number, style: Pick<TextStyle, 'scale' | 'bold'>): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/\s+/).flatMap((word) => pieces(word, width, style))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && textWidth(longer, style) > width) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    }
    return [...lines, line];
  });
}

function pieces(word: string, width: number, style: Pick<TextStyle, 'scale' | 'bold'>): readonly string[] {
  const found = [''];
  for (const character of word) {
    const longer = `${found.at(-1)}${character}`;
    if (longer.length > 1 && textWidth(longer, style) > width) found.push(character);
    else found[found.length - 1] = longer;
  }
  return found;
}

/** Draws one line of text with its top left corner at a point. */
export function drawText(canvas: Picture, text: string, style: TextStyle & { left: number; top: number }): void {
  const { left, top, scale, bold = false } = style;
  let x = left;
  for (const character of charactersOf(text)) {
    const glyph = emboldened(glyphOf(character), bold ? boldness(scale) : 0);
    drawGlyph(canvas, glyph, { ...style, left: x, top });
    x += glyph.advance * scale;
  }
}

// An accented letter that the font lacks loses its accent rather than its whole shape.
function charactersOf(text: string): readonly string[] {
  const known = Array.from(text, (character) =>
    hasGlyph(character) ? character : character.normalize('NFD').replace(/\p{M}/gu, ''),
  );
  return Array.from(known.join(''));
}

// Half a stroke, in whole pixels so that it stays sharp.
function boldness(scale: number): number {
  return Math.ceil(scale / 2) / scale;
}

function emboldened({ strokes, advance }: Glyph, by: number): Glyph {
  if (by === 0) return { strokes, advance };
  const shifted = strokes.map((stroke) => stroke.map(([x, y]) => [x + by, y] as const));
  return { strokes: [...strokes, ...shifted], advance: advance + by };
}

function drawGlyph(
  canvas: Picture,
  glyph: Glyph,
  { left, top, scale, color }: TextStyle & { left: number; top: number },
): void {
  const width = Math.ceil((glyph.advance + 1) * scale);
  for (let y = 0; y < glyphHeight * scale; y++) {
    for (let x = 0; x < width; x++) {
      // Round strokes around the points' centres: how far a pixel's centre lies inside, in pixels.
      const inside = 0.5 - distanceTo(glyph, (x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5);
      const coverage = Math.min(1, Math.max(0, inside * scale + 0.5));
      if (coverage > 0) blendPixel(canvas, { x: Math.round(left) + x, y: Math.round(top) + y, coverage }, color);
    }
  }
}

function distanceTo({ strokes }: Glyph, x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const stroke of strokes) {
    for (let k = 0; k < stroke.length; k++) {
      const [fromX, fromY] = stroke[k] as readonly [number, number];
      const [toX, toY] = stroke[Math.min(k + 1, stroke.length - 1)] as readonly [number, number];
      nearest = Math.min(nearest, distanceToLine([x - fromX, y - fromY], [toX - fromX, toY - fromY]));
    }
  }
  return nearest;
}

function distanceToLine([x, y]: readonly [number, number], [lineX, lineY]: readonly [number, number]): number {
  const square = lineX * lineX + lineY * lineY;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, (x * lineX + y * lineY) / square));
  return Math.hypot(x - along * lineX, y - along * lineY);
}
