/** Lets timers, rendering and aborts have their turn; on wasm and cpu reading a tensor alone does not. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
