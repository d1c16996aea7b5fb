const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Starts something in Node and takes away the listeners for errors that it added to the process and that only throw the
 * error again. Emscripten adds such; Node prints the line of the program that throws, which there is the whole bundle
 * of tfjs, before each error of the application.
 */
export async function withoutThrowers<T>(start: () => Promise<T>): Promise<T> {
  const process = globalThis.process as Partial<NodeJS.Process> | undefined;
  if (typeof process?.listeners !== 'function') return start();
  const known = new Set<unknown>(events.flatMap((event) => process.listeners?.(event as 'uncaughtException')));
  try {
    return await start();
  } finally {
    for (const event of events) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!known.has(listener) && onlyThrows(listener)) process.removeListener?.(event, listener);
      }
    }
  }
}

/** Whether a listener does nothing but throw what it is given, maybe with an exception of one class. */
function onlyThrows(listener: (...error: never) => unknown): boolean {
  return /^function\s*\((\w+)\)\s*\{\s*(if\s*\(!\(\1 instanceof \w+\)\)\s*\{?\s*)?throw \1;?\s*\}?\s*\}$/.test(
    String(listener),
  );
}
