import { escaped } from '../../numeric/escaped.ts';

/** The type of charts, in pixels. */
const fontSize = 12;

/** A chart that says in words what it shows, and takes the colour of text from the page. */
export function chart(width: number, height: number, label: string, parts: readonly string[]): string {
  const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}"`;
  const font = `font-family="system-ui, sans-serif" font-size="${fontSize}" fill="currentColor"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} role="img" aria-label="${escaped(label)}">\n${parts.join('\n')}\n</svg>`;
}

/** Text at a place; further attributes as they are. */
export function svgText(content: string, [x, y]: readonly [number, number], attributes = ''): string {
  return `<text x="${hundredths(x)}" y="${hundredths(y)}"${attributes && ` ${attributes}`}>${escaped(content)}</text>`;
}

/** A rectangle of a colour, which says what it is when pointed at. */
export function bar(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  attributes: string,
  title: string,
): string {
  const place = `x="${hundredths(x)}" y="${hundredths(y)}" width="${hundredths(width)}" height="${hundredths(height)}"`;
  return `<rect ${place} ${attributes}><title>${escaped(title)}</title></rect>`;
}

/** About the width of text; no font is at hand to measure it. */
export function labelWidth(content: string): number {
  return content.length * fontSize * 0.56;
}

/** `1 unit`, `2 units`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The beginning of a name that is too long to stand under a bar. */
export function shortened(content: string, length: number): string {
  return content.length <= length ? content : `${content.slice(0, length - 1)}…`;
}

export function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Names beside squares of their colours, in a line that begins at `left`. */
export function legend(
  entries: readonly { readonly name: string; readonly color: string }[],
  left: number,
): { readonly parts: readonly string[]; readonly width: number; readonly height: number } {
  let x = left;
  const parts = entries.flatMap(({ name, color }) => {
    const at = x;
    x += labelWidth(name) + 30;
    return [bar({ x: at, y: 4, width: 11, height: 11 }, `rx="2" fill="${color}"`, name), svgText(name, [at + 16, 14])];
  });
  return { parts, width: x, height: 26 };
}
