import type { ReportData, ReportUnit } from '../reportData.ts';
import { element } from './element.ts';
import { activation, conceptOf } from './format.ts';
import { maskedImage } from './maskedImage.ts';

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
