import { afterEach } from 'vitest';

declare global {
  /** Set by the marks in the modules: 1 at the number of each mutant whose place was run. */
  var $reached: 1[] | undefined;
}

declare module 'vitest' {
  interface TaskMeta {
    /** The mutants whose places a test file ran. */
    reached?: readonly number[];
  }
}

// What a test file ran is told with its result.
afterEach(({ task }) => {
  task.file.meta.reached = Object.keys(globalThis.$reached ?? []).map(Number);
});
