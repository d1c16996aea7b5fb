import { group } from 'd3-array';
import { table } from '../study/table.ts';
import type { Difference } from './arrays.ts';
import type { Findings } from './measure.ts';
import type { Tool } from './python.ts';
import { type Format, formats, type NetworkResult } from './results.ts';

const keras: Readonly<Record<Tool, string>> = { keras2: '2.15', keras3: '3.15' };

/** One row per network and Keras: which files open, and the worst of what was found in any of them. */
export function networkTable(networks: readonly NetworkResult[]): string {
  const columns: readonly (readonly [title: string, cell: (network: NetworkResult) => string])[] = [
    ['network', ({ info }) => info.name],
    ['Keras', ({ tool }) => keras[tool]],
    ['weights', ({ info }) => `${(info.params / 1e6).toFixed(1)} M`],
    ...Object.keys(formats).map((format) => [titles[format as Format], fileCell(format as Format)] as const),
    ['logits', (network) => worst(network, ({ logits }) => logits, 'largest')],
    ['Grad-CAM', (network) => worst(network, ({ cam }) => cam, 'largest')],
    ['gradient, 95%', (network) => worst(network, (found) => found.gradient, 'most')],
    ['all', (network) => worst(network, (found) => found.gradient, 'largest')],
    ['TF float32', ({ info }) => small(info.reference === 'float64' ? info.float32_error?.gradient : undefined)],
    [
      'LRP Σ',
      (network) =>
        ofAll(
          network,
          (found) => found.lrp,
          (sums) => (sums[0] as number).toFixed(2),
        ),
    ],
    [
      'occlusion',
      (network) =>
        ofAll(
          network,
          (found) => found.occlusion,
          (all) => small(Math.max(...all)),
        ),
    ],
    ...(['forward', 'gradient', 'lrp'] as const).map((name) => [`${name} ×`, timeCell(name)] as const),
  ];
  return table(
    columns.map(([title]) => title),
    networks.map((network) => columns.map(([, cell]) => cell(network))),
  );
}

const titles: Readonly<Record<Format, string>> = {
  h5: '.h5',
  keras: '.keras',
  layers: 'layers of .h5',
  layers_of_keras: 'layers of .keras',
  graph: 'GraphModel',
};

/** Each file that is not there or was refused, with the reason. */
export function refusals(networks: readonly NetworkResult[]): readonly string[] {
  const lines = networks.flatMap(({ tool, info, files }) =>
    Object.entries(files)
      .filter((entry): entry is [Format, string] => typeof entry[1] === 'string')
      .map(([format, message]) => ({
        message: message.split('\n').join(' '),
        file: `${info.name} ${keras[tool]} ${titles[format]}`,
      })),
  );
  const byMessage = [...group(lines, ({ message }) => message)];
  return byMessage.map(([message, of]) => `- ${of.map(({ file }) => file).join(', ')}: ${message}`);
}

/** The other members of the families: one line each. */
export function othersTable(others: Readonly<Record<string, Difference | string>>): string {
  const rows = Object.entries(others).map(([folder, found]) => {
    const [tool, name] = folder.split('/').slice(-2) as [string, string];
    const version = keras[tool.replace('-others', '') as Tool];
    return [name, version, typeof found === 'string' ? found : small(found.largest)];
  });
  return table(['network', 'Keras', 'logits'], rows);
}

function fileCell(format: Format): (network: NetworkResult) => string {
  return ({ files }) => {
    const found = files[format];
    if (found === undefined) return '';
    return typeof found === 'string' ? (found.split(':')[0] as string) : 'opens';
  };
}

function timeCell(name: 'forward' | 'gradient' | 'lrp'): (network: NetworkResult) => string {
  return (network) => {
    const times = findingsOf(network).flatMap(({ times }) => times?.[name] ?? []);
    return times.length === 0 ? '' : median(times).toFixed(1);
  };
}

function worst(network: NetworkResult, of: (found: Findings) => Difference | string, which: keyof Difference): string {
  const numbers = (found: Findings): number | string => {
    const value = of(found);
    return typeof value === 'string' ? value : value[which];
  };
  return ofAll(network, numbers, (all) => small(Math.max(...all)));
}

/** What is said of the numbers of all files, or the first message in their place. */
function ofAll(
  network: NetworkResult,
  of: (found: Findings) => number | string,
  said: (numbers: readonly number[]) => string,
): string {
  const all = findingsOf(network).map(of);
  const message = all.find((value) => typeof value === 'string');
  if (message !== undefined) return `no: ${message}`;
  return all.length === 0 ? '' : said(all as number[]);
}

function findingsOf({ files }: NetworkResult): readonly Findings[] {
  return Object.values(files).filter((found): found is Findings => typeof found !== 'string');
}

function small(value: number | undefined): string {
  return value === undefined ? '' : value.toExponential(0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
