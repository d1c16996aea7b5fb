import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parentPort, Worker } from 'node:worker_threads';
import type { NetworkName } from '../networks.ts';

/** Runs the same jobs on the same networks as others, by request, in a thread or process of its own. */
export interface Peer {
  open(network: NetworkName, folder: string): Promise<Opened>;
  /** What each run of a job took, in milliseconds: one at least, and more until so many seconds are over. */
  times(contestant: string, job: string, seconds: number): Promise<readonly number[]>;
  close(): Promise<unknown>;
}

/** What a peer can do with a network: names of jobs by contestant, as one library in one setting is called here. */
interface Opened {
  readonly jobs: Readonly<Record<string, readonly string[]>>;
  /** The probabilities that it computes of the input in the folder. */
  readonly output: readonly number[];
}

/** A peer in a worker thread, from a module that calls {@link serve}. */
export function threadPeer(module: URL, options: object = {}): Peer {
  const execArgv = ['--import', new URL('../../scripts/register-typescript.mjs', import.meta.url).href];
  const worker = new Worker(module, { execArgv, workerData: options });
  const peer = peerOf({
    send: (request) => worker.postMessage(request),
    close: () => worker.terminate(),
  });
  worker.on('message', peer.receive).on('error', peer.fail);
  return peer;
}

/** A peer in a process that reads and writes lines of JSON. */
export function processPeer(command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Peer {
  const child = spawn(command, args, { env: { ...process.env, ...variables }, stdio: ['pipe', 'pipe', 'inherit'] });
  const peer = peerOf({
    send: (request) => child.stdin.write(`${JSON.stringify(request)}\n`),
    close: async () => child.stdin.end(),
  });
  createInterface(child.stdout).on('line', (line) => peer.receive(JSON.parse(line)));
  child.on('error', peer.fail).on('exit', (code) => peer.fail(new Error(`${command} ended with ${code}`)));
  return peer;
}

interface Wire {
  send(request: Request): void;
  close(): Promise<unknown>;
}

type Request =
  | { readonly network: NetworkName; readonly folder: string }
  | { readonly contestant: string; readonly job: string; readonly seconds: number };

/** One request at a time goes over a wire. */
function peerOf(wire: Wire): Peer & { receive(reply: unknown): void; fail(error: Error): void } {
  let waiting = { resolve: (_: never): void => {}, reject: (_: Error): void => {} };
  const ask = <Reply>(request: Request): Promise<Reply> =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      wire.send(request);
    });
  return {
    open: (network, folder) => ask<Opened>({ network, folder }),
    times: async (contestant, job, seconds) =>
      (await ask<{ milliseconds: readonly number[] }>({ contestant, job, seconds })).milliseconds,
    close: wire.close,
    receive: (reply) => waiting.resolve(reply as never),
    fail: (error) => waiting.reject(error),
  };
}

/** A network as a thread has it: what to run by contestant and job. */
export interface Served {
  readonly output: readonly number[];
  readonly jobs: Readonly<Record<string, Readonly<Record<string, () => Promise<unknown>>>>>;
  dispose(): void;
}

/** Answers the requests to this thread. */
export function serve(open: (network: NetworkName, folder: string) => Promise<Served>): void {
  let served: Served | undefined;
  parentPort?.on('message', async (request: Request) => {
    if ('folder' in request) {
      served?.dispose();
      served = await open(request.network, request.folder);
      const jobs = Object.entries(served.jobs).map(([contestant, all]) => [contestant, Object.keys(all)]);
      parentPort?.postMessage({ output: served.output, jobs: Object.fromEntries(jobs) });
    } else {
      const run = served?.jobs[request.contestant]?.[request.job] as () => Promise<unknown>;
      parentPort?.postMessage({ milliseconds: await timesOf(run, request.seconds) });
    }
  });
}

async function timesOf(run: () => Promise<unknown>, seconds: number): Promise<readonly number[]> {
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  do {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  } while (performance.now() < end);
  return times;
}
