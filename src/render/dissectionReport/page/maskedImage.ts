import { maskPath } from '../maskRuns.ts';
import type { ReportData, ReportImage, ReportPicture, ReportUnit } from '../reportData.ts';
import { element, svgElement } from './element.ts';
import { activation, conceptOf } from './format.ts';

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

/** Shows the top images of a unit large, in the dialog of the page. */
export function showEnlarged(dialog: HTMLDialogElement, unit: ReportUnit, { pictures }: ReportData): void {
  const title = dialog.querySelector('h2') as HTMLElement;
  title.textContent = `Unit ${unit.unit}: ${conceptOf(unit)}`;
  const figures = unit.images.flatMap((image) => {
    const picture = pictures[image.image];
    if (!picture) return [];
    const caption = `image ${image.image}, activation ${activation(image.activation)}`;
    return [element('figure', {}, [maskedImage(image, picture, caption), element('figcaption', {}, [caption])])];
  });
  dialog.querySelector('.large')?.replaceChildren(...figures);
  dialog.showModal();
}
