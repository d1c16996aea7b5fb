/** All calls wait in one line: Node lets all that wait for its next turn go on in one turn together. */
let line: Promise<void> = Promise.resolve();

/**
 * Lets timers, requests, rendering and aborts have their turn; on wasm and cpu reading a tensor alone does not. Of calls
 * that run at the same time each goes on in a turn of its own.
 */
export function eventLoopTurn(): Promise<void> {
  line = line.then(nextTurn);
  return line;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else postMessage(resolve);
  });
}

/** Of browsers' ways to the next turn the one that is not held back by some milliseconds, as timers are. */
function postMessage(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(undefined);
}
