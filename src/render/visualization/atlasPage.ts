import { toBase64 } from '../../image/files/base64.ts';
import { encodePng } from '../../image/files/encodePng.ts';
import { assertArray, assertInteger, assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { escaped } from '../../numeric/escaped.ts';
import { assertOptions, listOf, type OptionChecks, object, text } from '../../numeric/options.ts';
import type { ActivationAtlas, AtlasCell } from '../../visualization/index.ts';
import { formatNumber } from '../formatNumber.ts';
import { htmlPage, paragraphsHtml } from '../htmlPage.ts';
import { atlasScript } from './atlasScript.generated.ts';
import { atlasStyle } from './atlasStyle.ts';
import { type SpriteSheet, spriteSheet } from './spriteSheet.ts';

/** Options of {@link atlasPage}. */
export interface AtlasPageOptions {
  /** Of the page; the layer by default. */
  readonly title?: string;
  /** Plain text below the title; an empty line begins a paragraph; none by default. */
  readonly text?: string;
  /** The language of title and text as a BCP 47 tag; `'en'` by default. */
  readonly language?: string;
}

/** What the page shows of an atlas. */
export type ShownAtlas = Pick<ActivationAtlas, 'layer' | 'grid' | 'cells' | 'icons'>;

const checks: OptionChecks<AtlasPageOptions> = { title: text, text, language: text };

/**
 * Writes an activation atlas as one HTML page that needs nothing else: the map of icons, to be moved by dragging or arrow
 * keys and enlarged by the wheel, two fingers or + and −, with the labels that there is room for, a filter by class, and
 * all cells as a table. Cells are as large as they hold many images, or all alike.
 *
 * Source: Carter et al. 2019, "Activation atlas".
 *
 * @param atlas of `activationAtlas`.
 * @param options `title`, `text`, `language`.
 * @returns an HTML page.
 * @throws {VitrineError} if it is no atlas, or its icons are none.
 * @example
 * ```ts
 * import { atlasPage } from 'vitrine/render';
 * import { activationAtlas } from 'vitrine/visualization';
 * const images = { shape: [12, 16, 16, 3], data: Float32Array.from({ length: 9216 }, (_, i) => Math.sin(i * i)) };
 * const options = { layer: 'conv3', range: [-1, 1], layout: 'pca', grid: 2, threshold: 2, size: 16, steps: 1 } as const;
 * const html = atlasPage(await activationAtlas(model, images, options), { title: 'What conv3 sees' });
 * ```
 */
export function atlasPage(atlas: ShownAtlas, options: AtlasPageOptions = {}): string {
  assertOptions(options, checks);
  assertAtlas(atlas);
  const { title = atlas.layer, language = 'en' } = options;
  const sheet = spriteSheet(atlas.icons);
  const main = [
    ...paragraphsHtml(options.text ?? ''),
    controlsHtml(atlas),
    mapHtml(atlas, sheet),
    `<p id="status" role="status">${statusText(atlas)}</p>`,
    tableHtml(atlas),
  ].join('\n');
  const source = `data:image/png;base64,${toBase64(encodePng(sheet.picture))}`;
  const icons = `.icon { background-image: url("${source}"); }\n`;
  const scripts = `<script>\n${atlasScript}</script>\n`;
  return htmlPage({ title, language, style: `${atlasStyle}${icons}`, main, scripts });
}

function controlsHtml({ cells }: ShownAtlas): string {
  const names = [...new Set(cells.flatMap((cell) => labelOf(cell) ?? []))].sort();
  const options = names.map((name) => `<option>${escaped(name)}</option>`).join('');
  const filter = `<label${names.length > 0 ? '' : ' hidden'}>Class <select id="class" autocomplete="off"><option value="">all</option>${options}</select></label>`;
  return `<form id="controls" hidden>
<span role="group" aria-label="Zoom"><button type="button" id="out" aria-label="Zoom out">−</button><button type="button" id="in" aria-label="Zoom in">+</button><button type="button" id="all">Show all</button></span>
${filter}
<label><input type="checkbox" id="alike" autocomplete="off"> all cells alike</label>
</form>`;
}

function mapHtml(atlas: ShownAtlas, { index }: SpriteSheet): string {
  const { grid, cells, layer } = atlas;
  const most = Math.max(...cells.map(({ count }) => count));
  const rows = index.height / index.spriteHeight;
  const share = (at: number, length: number): number => (length > 1 ? (100 * at) / (length - 1) : 0);
  const icons = cells.map((cell, i) => {
    const sprite = index.sprites[cell.picture] as { left: number; top: number };
    const [x, y] = [
      share(sprite.left / index.spriteWidth, index.columns),
      share(sprite.top / index.spriteHeight, rows),
    ];
    const place = `left:${(100 * cell.column) / grid}%;top:${(100 * cell.row) / grid}%;--share:${Math.sqrt(cell.count / most).toFixed(3)}`;
    const part = `background-position:${x.toFixed(3)}% ${y.toFixed(3)}%`;
    const label = labelOf(cell) ?? '';
    return `<div class="cell" data-cell="${i}" data-label="${escaped(label)}" style="${place}" title="${escaped(describeCell(cell))}"><i class="icon" style="${part}"></i><span class="label">${escaped(label)}</span></div>`;
  });
  const size = `--grid:${grid};--sheet:${100 * index.columns}% ${100 * rows}%`;
  const help = `Map of ${cells.length} cells of ${layer}: drag or press arrow keys to move, plus and minus to zoom, 0 to see all`;
  return `<div id="map" tabindex="0" role="application" aria-label="${escaped(help)}" style="${size}">
<div id="plane">${icons.join('\n')}</div>
</div>`;
}

function tableHtml({ cells }: ShownAtlas): string {
  const rows = cells.map((cell, i) => {
    const { row, column, count, label } = cell;
    const attribution = label ? formatNumber(label.attribution) : '–';
    return `<tr><td><button type="button" class="find" data-cell="${i}">${row}, ${column}</button></td><td class="number">${count}</td><td>${escaped(labelOf(cell) ?? '–')}</td><td class="number">${attribution}</td></tr>`;
  });
  return `<details><summary>The cells as a table</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">row, column</th><th scope="col" class="number">images</th><th scope="col">class</th><th scope="col" class="number">attribution</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div></details>`;
}

function statusText({ cells }: ShownAtlas): string {
  const images = cells.reduce((sum, { count }) => sum + count, 0);
  return `${cells.length} cells, ${images} images`;
}

function labelOf({ label }: AtlasCell): string | undefined {
  return label && (label.name ?? `class ${label.class}`);
}

function describeCell(cell: AtlasCell): string {
  const label = labelOf(cell);
  const images = `${cell.count} ${cell.count === 1 ? 'image' : 'images'}`;
  return `row ${cell.row}, column ${cell.column}: ${images}${label ? `, ${label}` : ''}`;
}

function assertAtlas(atlas: ShownAtlas): void {
  object('atlas', atlas);
  text('atlas.layer', atlas.layer);
  assertInteger('atlas.grid', atlas.grid, [1, 1000]);
  assertArray('atlas.icons', atlas.icons, [4]);
  listOf((argument, cell) => assertCell(argument, cell as AtlasCell, atlas))('atlas.cells', atlas.cells);
  const icons = atlas.icons.shape[0] as number;
  if (icons === atlas.cells.length) return;
  throw new VitrineError(
    'bad-shape',
    `"atlas.icons" expected one for each of ${atlas.cells.length} cells, got ${icons}`,
  );
}

function assertCell(argument: string, cell: AtlasCell, { grid, icons }: ShownAtlas): void {
  object(argument, cell);
  const { row, column, count, picture, label } = cell;
  assertInteger(`${argument}.row`, row, [0, grid - 1]);
  assertInteger(`${argument}.column`, column, [0, grid - 1]);
  assertInteger(`${argument}.count`, count, [1, Number.POSITIVE_INFINITY]);
  assertInteger(`${argument}.picture`, picture, [0, (icons.shape[0] as number) - 1]);
  if (label === undefined) return;
  object(`${argument}.label`, label);
  assertNumber(`${argument}.label.attribution`, label.attribution);
  if (label.name !== undefined) text(`${argument}.label.name`, label.name);
}
