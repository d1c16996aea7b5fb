import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Answer, Outcome, Question } from './host.ts';
import type { Mutant } from './mutants.ts';

/** What became of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly fate: 'killed' | 'timeout' | 'survived' | 'not reached';
  /** The test file that noticed it. */
  readonly by?: string;
}

export interface Trial {
  readonly verdicts: readonly Verdict[];
  /** Test files that fail without any mutant. */
  readonly failing: readonly string[];
}

/** Runs the tests of the project `cpu` against each mutant, those of the first ring first, the next against what is left alive. */
export async function tried(
  mutants: readonly Mutant[],
  rings: readonly ((file: string) => boolean)[],
  { root, tell }: { root: string; tell: (text: string) => void },
): Promise<Trial> {
  const reader = await hostOf(root, { workers: availableParallelism(), bail: 0 });
  const failing: string[] = [];
  let verdicts: readonly Verdict[] = mutants.map((mutant) => ({ mutant, fate: 'not reached' }));
  for (const ring of rings) {
    const files = reader.files.filter(ring);
    const alive = verdicts.filter(({ fate }) => fate === 'survived' || fate === 'not reached');
    if (alive.length === 0 || files.length === 0) continue;
    tell(`${files.length} test files, ${alive.length} mutants`);
    const outcomes = await asked(reader, { mutants: alive.map(({ mutant }) => mutant), files }, HOUR);
    if (outcomes === 'timeout') throw new Error('the tests without a mutant did not end');
    failing.push(...outcomes.filter(({ passed }) => !passed).map(({ file }) => file));
    const found = await ringOf(alive, outcomes, { root, tell });
    verdicts = verdicts.map((verdict) => found.get(verdict.mutant) ?? verdict);
  }
  stop(reader);
  return { verdicts, failing };
}

async function ringOf(
  alive: readonly Verdict[],
  outcomes: readonly Outcome[],
  { root, tell }: { root: string; tell: (text: string) => void },
): Promise<ReadonlyMap<Mutant, Verdict>> {
  const quickest = outcomes.filter(({ passed }) => passed).sort((a, b) => a.milliseconds - b.milliseconds);
  const waiting = alive
    .map(({ mutant }, number) => ({ mutant, tests: quickest.filter(({ reached }) => reached.includes(number)) }))
    .filter(({ tests }) => tests.length > 0);
  const found = new Map<Mutant, Verdict>();
  const work = async (): Promise<void> => {
    let host = waiting.length > 0 ? await hostOf(root, { workers: 1, bail: 1 }) : undefined;
    for (let next = waiting.shift(); next && host; next = waiting.shift()) {
      const verdict = await verdictOf(host, next);
      found.set(next.mutant, verdict);
      tell(`${verdict.fate} ${next.mutant.file}:${next.mutant.line}${verdict.by ? ` by ${verdict.by}` : ''}`);
      if (verdict.fate === 'timeout') host = await hostOf(root, { workers: 1, bail: 1 });
    }
    if (host) stop(host);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return found;
}

async function verdictOf(
  host: Host,
  { mutant, tests }: { mutant: Mutant; tests: readonly Outcome[] },
): Promise<Verdict> {
  for (const { file, milliseconds } of tests) {
    // The computer may be busy, and a mutant may be slow without being wrong.
    const outcomes = await asked(host, { mutant, file }, 20_000 + 5 * milliseconds);
    if (outcomes === 'timeout') return { mutant, fate: 'timeout', by: file };
    if (outcomes.some(({ passed }) => !passed)) return { mutant, fate: 'killed', by: file };
  }
  return { mutant, fate: 'survived' };
}

const HOUR = 3_600_000;

interface Host {
  readonly child: ChildProcess;
  readonly files: readonly string[];
}

/** A process with Vitest in it, kept for many mutants: to start one takes longer than most tests. */
async function hostOf(root: string, { workers, bail }: { workers: number; bail: number }): Promise<Host> {
  const typescript = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(fileURLToPath(new URL('./host.ts', import.meta.url)), [`${workers}`, `${bail}`], {
    cwd: root,
    execArgv: ['--import', typescript],
    // Tests print what they like.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A group of its own, so that it can be ended with all its workers.
    detached: true,
  });
  const answer = await nextAnswer(child);
  return { child, files: 'files' in answer ? answer.files : [] };
}

function nextAnswer(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const collect = (text: Buffer): void => {
      printed += text;
    };
    const fail = (): void => reject(new Error(`the process that runs the tests ended\n${printed}`));
    child.stderr?.on('data', collect);
    child.once('close', fail);
    child.once('message', (answer: Answer) => {
      child.stderr?.off('data', collect);
      child.off('close', fail);
      child.stderr?.resume();
      resolve(answer);
    });
  });
}

async function asked(host: Host, question: Question, limit: number): Promise<readonly Outcome[] | 'timeout'> {
  host.child.send(question);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop(host);
  }, limit);
  try {
    const answer = await nextAnswer(host.child);
    return 'outcomes' in answer ? answer.outcomes : [];
  } catch (error) {
    if (late) return 'timeout';
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function stop({ child }: Host): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}
