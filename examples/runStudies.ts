import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import { useBackend } from 'vitrine';

type Print = (line: string) => void;

/** An experiment with a known outcome: it prints what it found, and may hand over pictures, as PNG by name, a page and a chart. */
export type Study = (print: Print, folder: string) => Promise<unknown>;

interface Shown {
  readonly sheets?: Readonly<Record<string, Uint8Array>>;
  /** A page, as HTML. */
  readonly page?: string;
  /** A chart, as SVG. */
  readonly chart?: string;
}

/** Runs the studies that the words of the command name, all by default; a word may also be a folder of photos. */
export async function runStudies(studies: Readonly<Record<string, Study>>, out: string): Promise<void> {
  const print: Print = (line) => console.log(line);
  const words = process.argv.slice(2);
  const folder = words.find(isFolder) ?? 'examples/images';
  const asked = words.filter((word) => word !== folder);
  const unknown = asked.find((word) => studies[word] === undefined);
  if (unknown !== undefined)
    throw new Error(`"${unknown}" is neither a folder nor one of ${Object.keys(studies).join(', ')}`);
  await useBackend('wasm');
  await mkdir(out, { recursive: true });
  const begun = performance.now();
  for (const [name, study] of Object.entries(studies)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    print(`\n## ${name}\n`);
    const started = performance.now();
    const { sheets = {}, page, chart } = ((await study(print, folder)) ?? {}) as Shown;
    for (const [sheet, png] of Object.entries(sheets)) await writeFile(`${out}/${name}-${sheet}.png`, png);
    if (page !== undefined) await writeFile(`${out}/${name}.html`, page);
    if (chart !== undefined) await writeFile(`${out}/${name}.svg`, chart);
    print(`(${minutes(started)})`);
  }
  print(`\nwritten: pictures in ${out}; ${minutes(begun)} in all`);
}

function minutes(since: number): string {
  return `${((performance.now() - since) / 60_000).toFixed(1)} min`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
