import type { UnitGallery } from '../../dissection/index.ts';
import type { Dissection } from '../../dissection/types.ts';
import { escaped } from '../../numeric/escaped.ts';
import { assertOptions, integer, type OptionChecks, record, required, text } from '../../numeric/options.ts';
import { counted } from '../drawing/svg.ts';
import { formatNumber } from '../formatNumber.ts';
import { embeddedJson, htmlPage, paragraphsHtml } from '../htmlPage.ts';
import { conceptChart } from './conceptChart.ts';
import { assertLayers, detectedConcepts } from './concepts.ts';
import { dissectionStyle } from './dissectionStyle.ts';
import { layerChart } from './layerChart.ts';
import { pageScript } from './pageScript.generated.ts';
import { reportData } from './reportData.ts';

/** What {@link dissectionReport} shows. */
export interface DissectionReportOptions {
  /** By name what `dissect` gives; the names are shown. */
  readonly layers: Readonly<Record<string, Dissection>>;
  /** The top images of the units, from `unitGallery`; layers that are not in it have none, as all by default. */
  readonly gallery?: UnitGallery;
  /** Of the page; `'Network Dissection'` by default. */
  readonly title?: string;
  /** Plain text below the title; an empty line begins a paragraph; none by default. */
  readonly text?: string;
  /** The language of title and text as a BCP 47 tag; `'en'` by default. */
  readonly language?: string;
  /** Larger pictures are brought to so many pixels in width and height; 128 by default. Each is in the page once. */
  readonly pictureSize?: number;
}

const checks: OptionChecks<DissectionReportOptions> = {
  layers: required((_, layers) => assertLayers(layers as DissectionReportOptions['layers'])),
  gallery: (argument, gallery) => {
    record(argument, gallery);
    const { layers, pictures } = gallery as UnitGallery;
    record(`${argument}.layers`, layers);
    record(`${argument}.pictures`, pictures);
  },
  title: text,
  text,
  language: text,
  pictureSize: integer(1),
};

/**
 * Writes what units stand for as one HTML page that needs nothing else, neither a server nor a network.
 *
 * For each layer it has the chart of detectors by concept, how many units detect how many concepts, and a card for each
 * unit: its number from 0, the concept, the IoU and what that can be at most, the threshold, the best concepts of other
 * categories, and its top images, darkened where the unit is not above its threshold as in {@link maskedPicture}. Cards
 * are sorted by label, score or unit, filtered by words, and can be read as a table. It stays fast with thousands of units.
 *
 * Source: Bau et al. 2017, "Network Dissection: quantifying interpretability of deep visual representations", and the
 * reports published with it.
 *
 * @param options `layers`; `gallery`, `title`, `text`, `language`, `pictureSize`.
 * @returns an HTML page; the same arguments give the same bytes.
 * @throws {VitrineError} if a layer is no dissection, or if there is none, the gallery has other units or lacks a
 * picture, or `pictureSize` < 1.
 * @example
 * ```ts
 * import { dissect, dissectionReport, unitGallery } from 'vitrine';
 * const layers = await dissect(model, labelledImages, { layers: ['conv2', 'conv3'], concepts });
 * const wanted = { layers: ['conv2', 'conv3'], scale: { range: [0, 1] }, count: 2 } as const;
 * const gallery = await unitGallery(model, labelledImages, wanted);
 * const html = dissectionReport({ layers, gallery, title: 'A small network' });
 * console.log(html.length);
 * ```
 */
export function dissectionReport(options: DissectionReportOptions): string {
  assertOptions(options, checks);
  const { layers, gallery, title = 'Network Dissection', language = 'en', pictureSize = 128 } = options;
  const names = Object.keys(layers);
  const main = [
    ...paragraphsHtml(options.text ?? ''),
    names.length > 1 ? overviewHtml(layers) : '',
    ...Object.entries(layers).map(layerHtml),
    unitsHtml(names),
  ].join('\n');
  const scripts = `<script type="application/json" id="data">${embeddedJson(reportData(layers, gallery, pictureSize))}</script>
<script>
${pageScript}</script>
`;
  return htmlPage({ title, language, style: dissectionStyle, main, scripts });
}

function overviewHtml(layers: Readonly<Record<string, Dissection>>): string {
  return `<section class="charts" aria-label="All layers">
<figure><figcaption>Detectors by layer</figcaption><div class="chart">${layerChart(layers)}</div></figure>
<figure><figcaption>Different concepts by layer</figcaption><div class="chart">${layerChart(layers, { kind: 'concepts' })}</div></figure>
</section>`;
}

function layerHtml([name, dissection]: readonly [string, Dissection]): string {
  return `<section class="layer">
<h2>${escaped(name)}</h2>
<div class="beside">
<div>
${summaryHtml(dissection)}
${tableHtml(dissection)}
</div>
<div class="chart">${conceptChart(dissection)}</div>
</div>
</section>`;
}

function summaryHtml({ units, detectors, uniqueDetectors, threshold, imageCount }: Dissection): string {
  const { argmax, perCategory } = uniqueDetectors;
  return `<p class="summary"><b>${detectors} of ${counted(units.length, 'unit')} find ${counted(argmax.total, 'unique concept')} with IoU &gt; ${formatNumber(threshold)}</b>, in ${counted(imageCount, 'image')}. \
Unique concepts: ${argmax.total} with one concept to a unit (argmax), ${perCategory.total} with one to a unit in every category (perCategory, as in the published figures).</p>`;
}

function tableHtml(dissection: Dissection): string {
  const rows = detectedConcepts(dissection).flatMap(({ category, concepts }) =>
    concepts.map(
      ({ concept, detectors }) =>
        `<tr><td>${escaped(category)}</td><td>${escaped(concept)}</td><td class="number">${detectors}</td></tr>`,
    ),
  );
  if (rows.length === 0) return '';
  return `<details><summary>The chart as a table</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">category</th><th scope="col">concept</th><th scope="col" class="number">detectors</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div></details>`;
}

function unitsHtml(names: readonly string[]): string {
  const options = names.map((name) => `<option>${escaped(name)}</option>`).join('');
  return `<noscript><p>The units are shown by a script, which this browser does not run.</p></noscript>
<section id="units-section" aria-label="Units" hidden>
<form id="controls" role="search">
<label${names.length > 1 ? '' : ' hidden'}>Layer <select id="layer" autocomplete="off">${options}</select></label>
<label>Find <input type="search" id="filter" placeholder="concept, category or unit" autocomplete="off"></label>
<label>Sort by <select id="order" autocomplete="off"><option value="label">label</option><option value="score">score</option><option value="unit">unit</option></select></label>
<label>View <select id="view" autocomplete="off"><option value="cards">cards</option><option value="table">table</option></select></label>
<label><input type="checkbox" id="detectors-only" autocomplete="off"> detectors only</label>
</form>
<p id="status" role="status"></p>
<div id="units"></div>
<nav id="sheets" aria-label="More units"><button type="button" id="previous">Previous</button><button type="button" id="next">Next</button></nav>
</section>
<dialog id="enlarged" aria-labelledby="enlarged-title">
<header><h2 id="enlarged-title"></h2>
<label><input type="checkbox" id="shade" checked autocomplete="off"> mask</label>
<button type="button" id="close">Close</button></header>
<div class="large"></div>
</dialog>`;
}
