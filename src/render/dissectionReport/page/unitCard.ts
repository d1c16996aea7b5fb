import type { ReportData, ReportUnit } from '../reportData.ts';
import { element } from './element.ts';
import { activation, conceptOf, threeDecimals } from './format.ts';
import { maskedImage } from './maskedImage.ts';

/** The card of a unit; its pictures come with {@link fillStrip}. */
export function unitCard(unit: ReportUnit, { colors }: ReportData, enlarge: (unit: ReportUnit) => void): HTMLElement {
  const [best, ...others] = unit.matches;
  const color = colors[best?.category ?? ''] ?? 'transparent';
  const card = element('article', { class: unit.detector ? 'card' : 'card quiet', style: `--category: ${color}` }, [
    element('header', {}, [
      element('h3', {}, [conceptOf(unit)]),
      element('span', { class: 'category' }, [`${best?.category ?? ''}${unit.detector ? '' : ' · no detector'}`]),
      element('span', { class: 'unit' }, [`unit ${unit.unit}`]),
    ]),
    element('p', { class: 'numbers' }, [
      ...(best
        ? [element('b', {}, [`IoU ${threeDecimals(best.iou)}`]), ` of at most ${threeDecimals(best.ceiling)} · `]
        : []),
      `threshold ${activation(unit.threshold)}`,
    ]),
  ]);
  if (best) {
    const width = (100 * best.iou) / best.ceiling;
    const fill = element('i', { style: `width: ${width.toFixed(1)}%` });
    card.append(element('div', { class: 'meter', 'aria-hidden': 'true' }, [fill]));
  }
  if (unit.images.length > 0) {
    const label = `Top images of unit ${unit.unit}, enlarged`;
    const strip = element('button', { type: 'button', class: 'strip', 'aria-label': label });
    strip.addEventListener('click', () => enlarge(unit));
    card.append(strip);
  }
  if (others.length > 0) {
    const items = others.map(({ concept, category, iou }) =>
      element('li', { style: `--category: ${colors[category]}` }, [`${concept} (${category}) ${threeDecimals(iou)}`]),
    );
    card.append(element('ul', { class: 'others', 'aria-label': 'Best of the other categories' }, items));
  }
  return card;
}

/** Puts the pictures into a card, once. */
export function fillStrip(card: Element, unit: ReportUnit, { pictures }: ReportData): void {
  const strip = card.querySelector('.strip');
  if (!strip || strip.childElementCount > 0) return;
  for (const image of unit.images) {
    const picture = pictures[image.image];
    if (picture) strip.append(maskedImage(image, picture, `image ${image.image}`));
  }
}
