import { assertOutline, type TreeOutline } from '../distillation/treeOutline.ts';
import { assertPicture } from '../image/assertPicture.ts';
import { toBase64 } from '../image/files/base64.ts';
import { encodePng } from '../image/files/encodePng.ts';
import type { Picture } from '../image/types.ts';
import { escaped } from '../numeric/escaped.ts';
import { assertOptions, number, text } from '../numeric/options.ts';

/** Options of {@link treeDiagram}. */
export interface TreeDiagramOptions {
  /** The side of thumbnails in pixels; 56 by default. */
  readonly thumbnailSize?: number;
  /** What it shows, for those who cannot see it; the root's label by default. */
  readonly title?: string;
}

const [LINE, PAD, GAP, LEVEL, CHARACTER] = [16, 8, 16, 36, 7];

/**
 * Draws a tree from top to bottom as SVG, which can be put into a page or written to a file.
 *
 * @param root the root with all below it, such as `treeOutline` makes of any tree of `vitrine/distillation`.
 * @param options `thumbnailSize`, `title`.
 * @returns an SVG element as text; thumbnails are in it, nothing is loaded, all text is escaped.
 * @throws {VitrineError} if a label is no string or a thumbnail no picture, or if `thumbnailSize` is below 1.
 * @example
 * ```ts
 * import { treeDiagram } from 'vitrine';
 * const leaf = (label: string) => ({ label, children: [], thumbnail: picture });
 * const svg = treeDiagram({ label: 'animal', detail: '2 kinds', children: [leaf('cat'), leaf('dog')] });
 * console.log(svg.length);
 * ```
 */
export function treeDiagram(root: TreeOutline, options: TreeDiagramOptions = {}): string {
  assertOptions(options, { thumbnailSize: number(1), title: text });
  assertOutline('root', root);
  const { thumbnailSize = 56, title } = options;
  const placed = place(root, { left: GAP, top: GAP, size: thumbnailSize, at: 'root' });
  const [width, height] = [placed.span + 2 * GAP, placed.bottom + GAP];
  const style = 'font-family="system-ui, sans-serif" font-size="12" fill="currentColor"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ${style}>`,
    `<title>${escaped(title ?? root.label)}</title>`,
    ...edgesOf(placed),
    ...boxesOf(placed, thumbnailSize),
    '</svg>',
  ].join('\n');
}

/** A node with its place. */
interface Placed {
  readonly node: TreeOutline;
  readonly middle: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How wide it is with all below it, and where that ends. */
  readonly span: number;
  readonly bottom: number;
  readonly children: readonly Placed[];
}

interface Start {
  readonly left: number;
  readonly top: number;
  readonly size: number;
  /** What the node is called in messages. */
  readonly at: string;
}

function place(node: TreeOutline, { left, top, size, at }: Start): Placed {
  if (node.thumbnail !== undefined) assertPicture(`${at}.thumbnail`, node.thumbnail);
  const texts = [node.label, node.detail ?? ''];
  const letters = Math.max(...texts.map(({ length }) => length)) * CHARACTER;
  const width = Math.max(letters, node.thumbnail ? size : 0) + 2 * PAD;
  const height = (node.detail ? 2 : 1) * LINE + (node.thumbnail ? size + PAD : 0) + 2 * PAD;
  const below = { top: top + height + LEVEL, size };
  const children: Placed[] = [];
  let right = left;
  node.children.forEach((child, i) => {
    const placed = place(child, { ...below, left: right, at: `${at}.children[${i}]` });
    children.push(placed);
    right += placed.span + GAP;
  });
  const under = children.length > 0 ? right - GAP - left : 0;
  const span = Math.max(width, under);
  const shifted = under < span ? children.map((child) => moved(child, (span - under) / 2)) : children;
  const [first, last] = [shifted[0], shifted.at(-1)];
  // Over the middle of its children as far as it stays in its own span.
  const wanted = first && last ? (first.middle + last.middle) / 2 : left + span / 2;
  const middle = Math.min(Math.max(wanted, left + width / 2), left + span - width / 2);
  const bottom = Math.max(top + height, ...shifted.map((child) => child.bottom));
  return { node, middle, top, width, height, span, bottom, children: shifted };
}

function moved(placed: Placed, by: number): Placed {
  return { ...placed, middle: placed.middle + by, children: placed.children.map((child) => moved(child, by)) };
}

function edgesOf({ middle, top, height, children }: Placed): readonly string[] {
  return children.flatMap((child) => {
    const [from, to] = [top + height, child.top];
    const turn = (from + to) / 2;
    const path = `M${middle} ${from}C${middle} ${turn} ${child.middle} ${turn} ${child.middle} ${to}`;
    return [`<path d="${path}" fill="none" stroke="currentColor" stroke-opacity="0.4"/>`, ...edgesOf(child)];
  });
}

function boxesOf({ node, middle, top, width, height, children }: Placed, size: number): readonly string[] {
  const box = `<rect x="${middle - width / 2}" y="${top}" width="${width}" height="${height}" rx="6" fill="none" stroke="currentColor" stroke-opacity="0.4"/>`;
  const line = (content: string, row: number, quiet: string): string =>
    `<text x="${middle}" y="${top + PAD + LINE * (row + 0.75)}" text-anchor="middle"${quiet}>${escaped(content)}</text>`;
  const rows = node.detail ? 2 : 1;
  const image = { x: middle - size / 2, y: top + PAD + rows * LINE + PAD / 2 };
  return [
    '<g>',
    box,
    line(node.label, 0, ''),
    ...(node.detail ? [line(node.detail, 1, ' fill-opacity="0.65"')] : []),
    ...(node.thumbnail ? [imageOf(node.thumbnail, image, size)] : []),
    '</g>',
    ...children.flatMap((child) => boxesOf(child, size)),
  ];
}

function imageOf(picture: Picture, { x, y }: { x: number; y: number }, size: number): string {
  const source = `data:image/png;base64,${toBase64(encodePng(picture))}`;
  // Few pixels are shown as squares.
  const style = picture.width < size ? ' style="image-rendering: pixelated"' : '';
  return `<image x="${x}" y="${y}" width="${size}" height="${size}" href="${source}"${style}/>`;
}
