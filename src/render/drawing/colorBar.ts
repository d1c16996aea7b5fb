import type { Picture } from '../../image/types.ts';
import { formatNumber } from '../formatNumber.ts';
import { type Color, fill } from './canvas.ts';
import { colorTable } from './colormaps.ts';
import { type ColorScale, positionOn } from './colorScale.ts';
import { drawText, type TextStyle, textWidth } from './text.ts';

/** The height of a colour bar with its numbers, in strokes of its text. */
export const colorBarHeight = 23;

const barHeight = 8;
const textTop = 11;

/** Draws the colours of a scale from left to right, and below them the numbers at both ends and at zero. */
export function drawColorBar(
  canvas: Picture,
  colors: ColorScale,
  { left, top, width, ...style }: TextStyle & { left: number; top: number; width: number },
): void {
  const { scale, color } = style;
  const table = colorTable(colors.colormap);
  for (let x = 0; x < width; x++) {
    const entry = Math.round((x / Math.max(1, width - 1)) * 255) * 3;
    const [red, green, blue] = table.subarray(entry, entry + 3);
    const box = { left: left + x, top, width: 1, height: barHeight * scale };
    fill(canvas, box, [red, green, blue] as unknown as Color);
  }
  for (const { text, centre } of labelsOf(colors)) {
    const room = width - textWidth(text, style);
    const start = Math.round(Math.min(Math.max(centre * width - textWidth(text, style) / 2, 0), room));
    if (centre > 0 && centre < 1) {
      fill(
        canvas,
        {
          left: left + Math.round(centre * width - scale / 2),
          top: top + barHeight * scale,
          width: scale,
          height: 2 * scale,
        },
        color,
      );
    }
    drawText(canvas, text, { ...style, left: left + start, top: top + textTop * scale });
  }
}

function labelsOf(colors: ColorScale): readonly { text: string; centre: number }[] {
  const { low, high } = colors;
  const ends = [
    { text: formatNumber(low), centre: 0 },
    { text: formatNumber(high), centre: 1 },
  ];
  const zero = positionOn(colors, 0);
  // Near an end, zero would be written over the number there.
  return low < high && zero > 0.3 && zero < 0.7 ? [...ends, { text: '0', centre: zero }] : ends;
}
