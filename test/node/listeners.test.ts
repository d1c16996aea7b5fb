import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { withoutThrowers } from '../../src/backend/choice/withoutThrowers.ts';

/** Starts wasm, counts the listeners for errors, and fails. */
const program = `
import '@tensorflow/tfjs-backend-wasm';
import { useBackend } from './src/backend/choice/useBackend.ts';
process.on('uncaughtExceptionMonitor', () => undefined);
await useBackend('wasm');
const events = ['uncaughtException', 'unhandledRejection'];
console.log(JSON.stringify(events.map((event) => process.listeners(event).length)));
await Promise.reject(new Error('a wrong path'));
`;

test('after useBackend("wasm") an error of the application is printed, and not the bundle of tfjs', async () => {
  const run = promisify(execFile)('node', ['--import', 'tsx', '--input-type=module', '--eval', program]);
  const { stdout, stderr } = (await run.catch((error: unknown) => error)) as { stdout: string; stderr: string };
  expect(stdout.split('\n')).toContain('[0,0]');
  expect(stderr).toContain('Error: a wrong path');
  expect(stderr.length).toBeLessThan(2000);
});

describe('withoutThrowers(start)', () => {
  const event = 'unhandledRejection';
  const added = async (listener: (error: unknown) => void): Promise<boolean> => {
    try {
      await withoutThrowers(async () => process.on(event, listener));
      return process.listeners(event).includes(listener);
    } finally {
      process.removeListener(event, listener);
    }
  };

  test('takes away what only throws', async () => {
    const exception = class {};
    const texts = [
      'function (reason) { throw reason; }',
      'function(e){throw e}',
      'function(e){if(!(e instanceof exception))throw e}',
      'function (ex) { if (!(ex instanceof exception)) {\n  throw ex;\n } }',
    ];
    for (const text of texts) {
      expect(await added(new Function('exception', `return ${text}`)(exception))).toBe(false);
    }
  });

  test('leaves what an application added meanwhile, and what was there before', async () => {
    const lines: unknown[] = [];
    expect(await added((error) => lines.push(error))).toBe(true);
    const before = new Function('return function (reason) { throw reason; }')() as (error: unknown) => void;
    process.on(event, before);
    await withoutThrowers(async () => undefined);
    expect(process.listeners(event)).toContain(before);
    process.removeListener(event, before);
  });

  test('hands over what the start gives, and its error', async () => {
    expect(await withoutThrowers(async () => 3)).toBe(3);
    await expect(withoutThrowers(() => Promise.reject(new Error('no start')))).rejects.toThrow('no start');
  });
});
