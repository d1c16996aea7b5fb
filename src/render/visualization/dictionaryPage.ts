import { assertPicture } from '../../image/assertPicture.ts';
import { toBase64 } from '../../image/files/base64.ts';
import { encodePng } from '../../image/files/encodePng.ts';
import type { Picture } from '../../image/types.ts';
import { escaped } from '../../numeric/escaped.ts';
import { assertOptions, integer, listOf, type OptionChecks, object, required, text } from '../../numeric/options.ts';
import { formatNumber } from '../formatNumber.ts';
import { embeddedJson, htmlPage, paragraphsHtml } from '../htmlPage.ts';
import { assertDictionary, assertExample, assertIcons, type ShownDictionary } from './assertDictionary.ts';
import { type DictionaryData, dictionaryData } from './dictionaryData.ts';
import { dictionaryScript } from './dictionaryScript.generated.ts';
import { dictionaryStyle } from './dictionaryStyle.ts';
import type { SpriteSheet } from './spriteSheet.ts';

/** What {@link dictionaryPage} shows. */
export interface DictionaryPageOptions {
  /** What the network saw, of the proportions of its input. */
  readonly picture: Picture;
  /** Pictures of units, whose index names the `unit` of each; units without one, all of them by default, are shown by their number. */
  readonly icons?: SpriteSheet<{ readonly unit: number }>;
  /** Names of units, the first one that of unit 0; numbers alone by default. */
  readonly labels?: readonly string[];
  /** Which example of the dictionary; 0 by default. */
  readonly example?: number;
  /** Of the page; the layer by default. */
  readonly title?: string;
  /** Plain text below the title; an empty line begins a paragraph; none by default. */
  readonly text?: string;
  /** The language of title and text as a BCP 47 tag; `'en'` by default. */
  readonly language?: string;
}

const checks: OptionChecks<DictionaryPageOptions> = {
  picture: required((argument, value) => assertPicture(argument, value as Picture)),
  icons: object,
  labels: listOf(text),
  example: integer(0),
  title: text,
  text,
  language: text,
};

/**
 * Writes a semantic dictionary as one HTML page that needs nothing else: the picture, and for the position under the
 * pointer, or chosen by arrow keys, the units that are most active there, with their icons and activations. A unit marks
 * the other positions where it is among the most active ones.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", section "Making sense of hidden layers".
 *
 * @param dictionary of `semanticDictionary`.
 * @param options `picture`; `icons`, `labels`, `example`, `title`, `text`, `language`.
 * @returns an HTML page, which begins at the position of the greatest activation.
 * @throws {VitrineError} if it is no dictionary, there is no such example, the picture is none, or icons do not name units.
 * @example
 * ```ts
 * import { objectives, visualize } from 'vitrine';
 * import { dictionaryPage, spriteSheet } from 'vitrine/render';
 * import { semanticDictionary } from 'vitrine/visualization';
 * const dictionary = await semanticDictionary(model, x, { layer: 'conv2' });
 * const units = [...new Set(dictionary.units.data)].slice(0, 2); // or all of them
 * const seen = await visualize(
 *   model,
 *   units.map((unit) => objectives.channel('conv2', unit)),
 *   { range: [-1, 1], steps: 1 },
 * );
 * const icons = spriteSheet(seen, { data: units.map((unit) => ({ unit })) });
 * const html = dictionaryPage(dictionary, { picture, icons });
 * ```
 */
export function dictionaryPage(dictionary: ShownDictionary, options: DictionaryPageOptions): string {
  assertOptions(options, checks);
  assertDictionary(dictionary);
  const { picture, icons, labels = [], example = 0, title = dictionary.layer, language = 'en' } = options;
  assertExample(dictionary, example);
  if (icons) assertIcons(icons);
  const data = dictionaryData(dictionary, { example, labels, ...(icons && { icons: icons.index }) });
  const main = [...paragraphsHtml(options.text ?? ''), bodyHtml(picture, data)].join('\n');
  const sheet = icons ? `.icon { background-image: url("${dataUri(icons.picture)}"); }\n` : '';
  const scripts = `<script type="application/json" id="data">${embeddedJson(data)}</script>
<script>
${dictionaryScript}</script>
`;
  return htmlPage({ title, language, style: `${dictionaryStyle}${sheet}`, main, scripts });
}

function bodyHtml(picture: Picture, data: DictionaryData): string {
  const { layer, rows, columns, start } = data;
  const frame = `left:${(100 * start[1]) / columns}%;top:${(100 * start[0]) / rows}%;width:${100 / columns}%;height:${100 / rows}%`;
  const label = `${rows} × ${columns} positions of ${layer}: arrow keys move between them`;
  return `<div class="dictionary">
<div id="photo" tabindex="0" role="application" aria-label="${escaped(label)}" aria-describedby="place">
<img src="${dataUri(picture)}" width="${picture.width}" height="${picture.height}" alt="What the network saw">
<canvas id="marks" width="${columns}" height="${rows}" aria-hidden="true"></canvas>
<i id="frame" style="${frame}"></i>
</div>
<section aria-label="Most active units">
<p id="place" role="status">Row ${start[0]}, column ${start[1]}</p>
<ol id="words">${wordsHtml(data)}</ol>
</section>
</div>`;
}

/** What is shown where no script runs: the units of the first position. */
function wordsHtml({ units, values, start, columns, count, names, most }: DictionaryData): string {
  const first = (start[0] * columns + start[1]) * count;
  return Array.from({ length: count }, (_, i) => {
    const [unit, value] = [units[first + i] as number, values[first + i] as number];
    const width = most > 0 ? Math.max(0, (100 * value) / most) : 0;
    const name = escaped(names[unit] ?? `unit ${unit}`);
    return `<li><span>${name}</span><b class="bar"><i style="width:${width}%"></i></b><span class="number">${formatNumber(value)}</span></li>`;
  }).join('');
}

function dataUri(picture: Picture): string {
  return `data:image/png;base64,${toBase64(encodePng(picture))}`;
}
