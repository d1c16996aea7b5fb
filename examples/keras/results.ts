import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Difference } from './arrays.ts';
import { type Findings, measureFile, measureLogits, type Reference } from './measure.ts';
import { folderOf, modelFolders, studyFolder, type Tool, tools } from './python.ts';

/** The formats of a network's folder. */
export const formats = {
  h5: 'model.h5',
  keras: 'model.keras',
  layers: 'layers/model.json',
  layers_of_keras: 'layers_of_keras/model.json',
  graph: 'graph/model.json',
} as const;
export type Format = keyof typeof formats;

/** What `info.json` tells of a network. */
interface Info extends Reference {
  readonly name: string;
  readonly params: number;
  readonly reference: string;
  readonly float32_error?: Readonly<Record<'logits' | 'gradient' | 'cam', number>>;
  readonly not_written?: Readonly<Record<string, string>>;
}

/** A network of one tool, with what was found of its files; a text says why there is nothing. */
export interface NetworkResult {
  readonly tool: Tool;
  readonly info: Info;
  readonly files: Readonly<Partial<Record<Format, Findings | string>>>;
}

const resultsFile = join(studyFolder, 'results.json');

/** Measures what has no result yet of the smallest networks whose names begin with one of `names`; all without names. */
export async function measureSmallest(names: readonly string[], log: (line: string) => void): Promise<NetworkResult[]> {
  const results = await known<Findings | string>(resultsFile);
  const networks = await studied('smallest');
  for (const { folder, info } of networks) {
    if (chosen(info.name, names)) await measureFormats(folder, info, { results, log });
  }
  return networks.map(({ tool, folder, info }) => {
    const files = Object.keys(formats).map((format) => [format, results[`${folder}/${format}`]]);
    return { tool, info, files: Object.fromEntries(files.filter(([, found]) => found !== undefined)) };
  });
}

/** The networks that are there, small ones first. */
async function studied(which: 'smallest' | 'others'): Promise<{ tool: Tool; folder: string; info: Info }[]> {
  const all = Object.keys(tools).map(async (name) => {
    const tool = name as Tool;
    const folders = (await modelFolders(folderOf(tool, which))).filter(hasInfo);
    return Promise.all(folders.map(async (folder) => ({ tool, folder, info: await readInfo(folder) })));
  });
  return (await Promise.all(all)).flat().sort((a, b) => a.info.params - b.info.params);
}

/** Opens the other networks that have no result yet, and compares their logits. */
export async function measureOthers(
  names: readonly string[],
  log: (line: string) => void,
): Promise<Readonly<Record<string, Difference | string>>> {
  const path = join(studyFolder, 'others.json');
  const results = await known<Difference | string>(path);
  for (const { folder, info } of await studied('others')) {
    if (!chosen(info.name, names) || folder in results) continue;
    results[folder] = await measureLogits(folder, formats.keras).catch((error: Error) => error.message);
    log(`${folder}: ${JSON.stringify(results[folder])}`);
    await writeFile(path, JSON.stringify(results, null, 1));
  }
  return results;
}

async function measureFormats(
  folder: string,
  info: Info,
  { results, log }: { results: Record<string, Findings | string>; log: (line: string) => void },
): Promise<void> {
  const { saved_model: graph, ...files } = info.not_written ?? {};
  const refused: Record<string, string | undefined> = {
    graph,
    ...files,
    ...(await readJson(`${folder}/not_converted.json`)),
  };
  for (const [format, file] of Object.entries(formats)) {
    const key = `${folder}/${format}`;
    const there = existsSync(join(folder, file));
    if (key in results || !(there || refused[format])) continue;
    results[key] = there
      ? await measureFile(folder, file, info).catch((error: Error) => `refused: ${error.message}`)
      : `not written: ${refused[format]}`;
    log(`${key}: ${JSON.stringify(results[key])}`);
    await mkdir(studyFolder, { recursive: true });
    await writeFile(resultsFile, JSON.stringify(results, null, 1));
  }
}

function chosen(name: string, names: readonly string[]): boolean {
  return names.length === 0 || names.some((wanted) => name.toLowerCase().startsWith(wanted.toLowerCase()));
}

function hasInfo(folder: string): boolean {
  return existsSync(join(folder, 'info.json'));
}

async function known<T>(path: string): Promise<Record<string, T>> {
  return (await readJson<Record<string, T>>(path)) ?? {};
}

async function readInfo(folder: string): Promise<Info> {
  return JSON.parse(await readFile(join(folder, 'info.json'), 'utf8')) as Info;
}

async function readJson<T>(path: string): Promise<T | undefined> {
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as T) : undefined;
}
