import { maskPath } from '../maskPath.ts';
import type { ReportImage, ReportPicture } from '../reportData.ts';
import { svgElement } from './element.ts';

/** A picture under a shade that leaves a fifth of its light outside of the mask: pixel · (0.2 + 0.8 mask). */
export function maskedImage(
  { mask }: ReportImage,
  { width, height, source }: ReportPicture,
  label: string,
): SVGElement {
  const few = width < 64 ? ' few' : '';
  return svgElement(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, class: `masked${few}`, role: 'img', 'aria-label': label },
    [
      svgElement('image', { href: source, width: `${width}`, height: `${height}` }),
      svgElement('path', { d: maskPath(mask, width, height), 'fill-rule': 'evenodd', class: 'shade' }),
    ],
  );
}
