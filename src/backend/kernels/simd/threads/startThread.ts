/** The most threads that share work: each has a bit of a word for its part, and one is the sign. */
export const MOST_THREADS = 31;

/** A thread that runs. */
export interface Thread {
  terminate(): unknown;
}

/** Starts a program in a thread and waits for its first message. */
export type StartThread = (program: string, data: unknown) => Promise<Thread>;

/** How threads that share memory are started here, or why there are none. */
export function threadStarter(): StartThread | string {
  if (globalThis.crossOriginIsolated && typeof Worker === 'function') return startInPage;
  const process = globalThis.process as Partial<NodeJS.Process> | undefined;
  if (typeof process?.versions?.node !== 'string') {
    return 'this page is not isolated from others by the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"';
  }
  const threads = process.getBuiltinModule?.('node:worker_threads');
  return threads ? startInNode(threads) : 'Node gives its threads to modules like this one since 20.16 and 22.3';
}

/** For how many milliseconds a thread may start. */
const PATIENCE = 20_000;

const startInPage: StartThread = async (program, data) => {
  const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  try {
    const worker = new Worker(address);
    worker.postMessage(data);
    await first(worker, (ready, fail) => {
      worker.onmessage = () => ready();
      worker.onmessageerror = () => fail('a thread does not get its memory');
      worker.onerror = (event) => {
        event.preventDefault();
        fail(
          event.message || 'a thread cannot be loaded, for which a Content-Security-Policy needs "worker-src blob:"',
        );
      };
    });
    return worker;
  } finally {
    URL.revokeObjectURL(address);
  }
};

/** Of Node's threads what is used here. */
interface NodeThread extends Thread {
  on(event: 'message' | 'exit', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  unref(): void;
}
interface NodeThreads {
  readonly Worker: new (
    program: string,
    options: { readonly eval: true; readonly workerData: unknown; readonly execArgv: string[] },
  ) => NodeThread;
}

function startInNode({ Worker: NodeWorker }: NodeThreads): StartThread {
  return async (program, data) => {
    // Without what Node was started with: to load and watch the modules of the application is not for this thread.
    const worker = new NodeWorker(program, { eval: true, workerData: data, execArgv: [] });
    await first(worker, (ready, fail) => {
      worker.on('message', ready);
      worker.on('error', ({ message }) => fail(message));
      worker.on('exit', () => fail('a thread has ended'));
    });
    // The process ends when nothing else is to be done.
    worker.unref();
    return worker;
  };
}

/** Waits until a thread is ready; ends it and throws if it fails. */
async function first(
  thread: Thread,
  listen: (ready: () => void, fail: (reason: string) => void) => void,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => reject(new Error(reason));
      timer = setTimeout(() => fail(`a thread does not begin within ${PATIENCE / 1000} seconds`), PATIENCE);
      listen(resolve, fail);
    });
  } catch (error) {
    thread.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
