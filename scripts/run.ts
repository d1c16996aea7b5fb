import { spawn } from 'node:child_process';

/** Runs a program, its output shown as it comes; rejects when it fails. */
export async function run(command: string, args: readonly string[], cwd: string = process.cwd()): Promise<void> {
  await finished(command, args, cwd, 'inherit');
}

/** Runs a program and returns what it printed; rejects, with all that it printed, when it fails. */
export async function outputOf(command: string, args: readonly string[], cwd: string = process.cwd()): Promise<string> {
  return finished(command, args, cwd, 'pipe');
}

function finished(command: string, args: readonly string[], cwd: string, output: 'inherit' | 'pipe'): Promise<string> {
  const child = spawn(command, args, { cwd, env: environment(), stdio: ['ignore', output, output] });
  const printed = { out: '', error: '' };
  child.stdout?.on('data', (text: Buffer) => {
    printed.out += text;
  });
  child.stderr?.on('data', (text: Buffer) => {
    printed.error += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed.out);
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${code}\n${printed.out}${printed.error}`));
    });
  });
}

// An npm that runs inside an npm script would take the outer one's folder for its own.
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env);
  return Object.fromEntries(
    inherited.filter(([name]) => !/^npm_(package|lifecycle|config_(local_)?prefix)/.test(name)),
  );
}
