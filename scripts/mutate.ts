import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { drawnMutants, type Mutant } from './mutate/mutants.ts';
import { tried, type Verdict } from './mutate/trials.ts';

/**
 * `npm run mutate -- <folder of src> [--count 100] [--seed 0] [--tests folder,folder] [--list]` changes single operators and
 * constants of a folder, one at a time, and tells which changes no test of the project `cpu` notices: first those of the
 * folder of the same name are asked, then all others; with `--tests`, those of the folders named, in that order. It ends
 * with 1 if more than five of the changes that live are not explained in mutate/explained.json.
 *
 * Stryker does the same and is not used: it needs a newer Node than the library, takes four to five seconds a mutant
 * where this takes one, and draws no sample.
 */
const usage = 'npm run mutate -- <folder of src> [--count 100] [--seed 0] [--tests folder,folder] [--list]';
const most = 5;
const root = process.cwd();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '0' },
    tests: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const folder = positionals[0]?.replace(/^src\/|\/$/g, '') ?? '';
if (!folder || !existsSync(`src/${folder}`) || !(count >= 1) || !Number.isInteger(seed)) throw new Error(usage);

const mutants = drawnMutants(root, `src/${folder}`, count, seed);
if (values.list) for (const mutant of mutants) console.log(shown(mutant));
else await report();

async function report(): Promise<void> {
  const started = performance.now();
  const rings = values.tests
    ? values.tests.split(',').map(isIn)
    : [isIn(folder), (file: string) => !isIn(folder)(file)];
  const tell = (text: string): void => console.log(`${((performance.now() - started) / 1000).toFixed(0)} s  ${text}`);
  const { verdicts, failing } = await tried(mutants, rings, { root, tell });
  for (const file of failing) console.log(`LEFT OUT: ${file} fails without a mutant`);
  const alive = verdicts.filter(({ fate }) => fate === 'survived' || fate === 'not reached');
  const unexplained = alive.filter(({ mutant }) => reasonFor(mutant) === undefined);
  for (const { mutant, fate } of alive) {
    const reason = reasonFor(mutant);
    console.log(`\n${fate}${reason ? `, explained: ${reason}` : ''}\n${shown(mutant)}`);
  }
  console.log(`\nsrc/${folder}, seed ${seed}: ${counts(verdicts)}, ${unexplained.length} of the living not explained`);
  process.exitCode = unexplained.length > most ? 1 : 0;
}

function isIn(tests: string): (file: string) => boolean {
  return (file) => file.startsWith(`test/${tests}/`);
}

function counts(verdicts: readonly Verdict[]): string {
  const fates = ['killed', 'timeout', 'survived', 'not reached'] as const;
  return fates.map((fate) => `${verdicts.filter((verdict) => verdict.fate === fate).length} ${fate}`).join(', ');
}

function shown({ file, line, before, after }: Mutant): string {
  return `${file}:${line}\n  - ${before}\n  + ${after}`;
}

/** Why a mutant may live, found by what it changes: lines move. */
function reasonFor({ file, before, after }: Mutant): string | undefined {
  const explained = JSON.parse(readFileSync(new URL('./mutate/explained.json', import.meta.url), 'utf8')) as {
    readonly file: string;
    readonly before: string;
    readonly after: string;
    readonly reason: string;
  }[];
  return explained.find((one) => one.file === basename(file) && one.before === before && one.after === after)?.reason;
}
