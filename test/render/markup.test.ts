import { readFile } from 'node:fs/promises';
import { csvParseRows } from 'd3-dsv';
import { expect, test } from 'vitest';
import { dissectionCsv } from '../../src/dissection/results/dissectionCsv.ts';
import { dissectionJson } from '../../src/dissection/results/dissectionJson.ts';
import { treeText } from '../../src/distillation/treeOutline.ts';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import { graphDot, graphMl } from '../../src/graph/graphFormats.ts';
import { syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import { picture } from '../../src/image/picture.ts';
import { conceptChart } from '../../src/render/dissectionReport/conceptChart.ts';
import { dissectionReport } from '../../src/render/dissectionReport/dissectionReport.ts';
import { layerChart } from '../../src/render/dissectionReport/layerChart.ts';
import { graphDiagram } from '../../src/render/graphDiagram/graphDiagram.ts';
import { accuracyChart, biasMatrix, curveChart, sliceChart, slicePage, transferChart } from '../../src/render/index.ts';
import { report } from '../../src/render/report.ts';
import { treeDiagram } from '../../src/render/treeDiagram.ts';
import { atlasPage } from '../../src/render/visualization/atlasPage.ts';
import { dictionaryPage } from '../../src/render/visualization/dictionaryPage.ts';
import { descriptions, smallCurve, smallRelations, smallSlices } from '../support/publicCalls/renderCalls.ts';
import { inventedDissection } from '../support/reported.ts';
import { elementsOfXml } from '../support/wellFormed.ts';

type Kind = 'xml' | 'html' | 'csv' | 'dot' | 'json' | 'text';
/** Writes something in which every name is what `named` makes of a plain one. */
type Write = (named: (plain: string) => string) => string | Promise<string>;

const invented = inventedDissection(12, 1);
const plainNames = new Set(invented.concepts.flatMap(({ name, category }) => [name, category]));

/** A value with its names changed, in values and in keys. */
function renamed<T>(value: T, named: (plain: string) => string): T {
  const text = (plain: string): string => (plainNames.has(plain) ? named(plain) : plain);
  const copy = (part: unknown): unknown => {
    if (typeof part === 'string') return text(part);
    if (Array.isArray(part)) return part.map(copy);
    if (part === null || typeof part !== 'object' || ArrayBuffer.isView(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [text(key), copy(inner)]));
  };
  return copy(value) as T;
}

async function graphNamed(name: string) {
  const { maps } = syntheticPatterns({ imageCount: 3, imageSize: 32, layers: [{ name, positions: 4, unitCount: 2 }] });
  return fitExplanatoryGraph(maps, { layers: [name], patternsPerFilter: 2 });
}

const layersOf = (named: (plain: string) => string) => ({ [named('conv')]: renamed(invented, named) });

/** Every function that writes text. */
const writers: Readonly<Record<string, readonly [Kind, Write]>> = {
  conceptChart: ['xml', (named) => conceptChart(renamed(invented, named))],
  layerChart: ['xml', (named) => layerChart(layersOf(named))],
  treeDiagram: [
    'xml',
    (named) =>
      treeDiagram(
        {
          label: named('root'),
          detail: named('more'),
          thumbnail: picture(2, 2),
          children: [{ label: named('leaf'), children: [] }],
        },
        { title: named('title') },
      ),
  ],
  graphMl: ['xml', async (named) => graphMl(await graphNamed(named('layer')))],
  graphDiagram: ['html', async (named) => graphDiagram(await graphNamed(named('layer')), { title: named('title') })],
  dissectionReport: [
    'html',
    (named) =>
      dissectionReport({ layers: layersOf(named), title: named('title'), text: named('text'), language: named('en') }),
  ],
  report: [
    'html',
    (named) =>
      report(
        [
          {
            title: named('title'),
            text: named('text'),
            pictures: [{ picture: picture(2, 2), caption: named('caption') }],
            table: { columns: [named('a'), 'b'], rows: [[named('cell'), 1]] },
          },
        ],
        { title: named('page'), language: named('en') },
      ),
  ],
  atlasPage: [
    'html',
    (named) =>
      atlasPage(
        {
          layer: named('layer'),
          grid: 2,
          cells: [
            {
              row: 0,
              column: 1,
              count: 5,
              images: [],
              direction: { layer: 'conv', vector: [1] },
              picture: 0,
              label: { class: 1, name: named('class'), attribution: 2 },
            },
          ],
          icons: { shape: [1, 2, 2, 3], data: new Float32Array(12) },
        },
        { text: named('text'), language: named('en') },
      ),
  ],
  dictionaryPage: [
    'html',
    (named) =>
      dictionaryPage(
        {
          layer: named('layer'),
          units: { shape: [1, 1, 1, 1], data: Int32Array.of(0) },
          values: { shape: [1, 1, 1, 1], data: Float32Array.of(2) },
          start: [[0, 0]],
        },
        { picture: picture(2, 2), labels: [named('unit')], text: named('text'), language: named('en') },
      ),
  ],
  curveChart: [
    'xml',
    (named) =>
      curveChart([{ name: named('curve'), x: [0, 1], y: [1, 2] }], {
        title: named('title'),
        xLabel: named('along'),
        yLabel: named('up'),
        xNames: [named('first'), named('second')],
      }),
  ],
  accuracyChart: [
    'xml',
    (named) =>
      accuracyChart([{ name: named('network'), epsilons: [1, 2], accuracy: [0.5, 0.2], clean: 1 }], {
        title: named('title'),
      }),
  ],
  transferChart: [
    'xml',
    (named) => transferChart(smallCurve(named('layer')), { title: named('title'), yLabel: named('score') }),
  ],
  biasMatrix: ['xml', (named) => biasMatrix(smallRelations([named('one'), named('other')]), { title: named('title') })],
  sliceChart: ['xml', () => sliceChart(smallSlices())],
  slicePage: [
    'html',
    (named) =>
      slicePage(smallSlices(), {
        pictures: [picture(2, 2), picture(2, 2), picture(2, 2)],
        labels: [named('one'), named('other')],
        descriptions: descriptions(named('concept')),
        title: named('title'),
        text: named('text'),
        language: named('en'),
      }),
  ],
  dissectionCsv: ['csv', (named) => dissectionCsv(renamed(invented, named))],
  dissectionJson: ['json', (named) => dissectionJson(renamed(invented, named))],
  graphDot: ['dot', async (named) => graphDot(await graphNamed(named('layer')))],
  treeText: ['text', (named) => treeText({ label: named('root'), children: [] })],
};

/** What must be the same whatever names are; throws where a document is damaged. */
const structures: Readonly<Record<Kind, (document: string) => unknown>> = {
  xml: elementsOfXml,
  html: (document) => {
    expect(document).not.toMatch(/[^\P{Cc}\t\n\r]|\p{Cs}/u);
    return document.match(/<[^>]*>/g)?.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
  },
  csv: (document) => {
    const rows = csvParseRows(document);
    const formulas = rows.flat().filter((cell) => /^[=+\-@\t\r\n]/.test(cell) && Number.isNaN(Number(cell)));
    expect(formulas).toEqual([]);
    return rows.map((row) => row.length);
  },
  dot: (document) => document.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '""'),
  json: (document) => Object.keys(JSON.parse(document) as object),
  text: () => undefined,
};

const hostile = [
  '</script><script>alert(1)</script><!--',
  '"onmouseover="alert(1)',
  "'><img src=x>",
  ']]>&nbsp;&',
  '\u0000\u0001\u001b\u007f\u0085',
  '\ud800 \udc00',
  '\uffff\ufffe',
  '\\" ]; a -> b; \\',
  '=HYPERLINK("http://a.example")',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  'a,"b"\n=1',
];

const written = Object.entries(writers).flatMap(([name, [kind, write]]) =>
  hostile.map((text) => ({ name, kind, write, text })),
);

test.each(written)('$name() with names like $text', async ({ kind, write, text }) => {
  const before = await write((plain) => `${text}${plain}`);
  expect(structures[kind](before)).toEqual(structures[kind](await write((plain) => plain)));
});

test('every function that writes text is tested here', async () => {
  const exports = await readFile('docs/api-report.md', 'utf8');
  const names = Array.from(
    exports.matchAll(/^function (\w+)[^\n]*\): (?:Promise<)?string>?;$/gm),
    ([, name]) => name as string,
  );
  expect(names).toContain('treeDiagram');
  expect(names.filter((name) => !(name in writers))).toEqual([]);
});
