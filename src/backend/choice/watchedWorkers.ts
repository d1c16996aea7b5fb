/** Workers that are started while something is under way. */
export interface WatchedWorkers {
  /** Why the first of them that fails does; waits for ever if none does. */
  readonly failure: Promise<string>;
  /** Ends all of them. */
  terminate(): void;
  /** Watches no further ones. */
  unwatch(): void;
}

/** Watches the workers that are started from now on; their errors are not reported elsewhere. */
export function watchWorkers(): WatchedWorkers {
  const { Worker: Original } = globalThis;
  const started: Worker[] = [];
  let fail: (reason: string) => void = () => undefined;
  const failure = new Promise<string>((resolve) => {
    fail = resolve;
  });
  globalThis.Worker = class extends Original {
    constructor(...options: ConstructorParameters<typeof Worker>) {
      super(...options);
      started.push(this);
      this.addEventListener('error', (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        fail(event.message || 'a worker cannot be loaded');
      });
    }
  };
  return {
    failure,
    terminate: () => started.forEach((worker) => worker.terminate()),
    unwatch: () => {
      globalThis.Worker = Original;
    },
  };
}
