import { readFile, writeFile } from 'node:fs/promises';
import {
  interpolateCividis,
  interpolateGreys,
  interpolateInferno,
  interpolateMagma,
  interpolatePiYG,
  interpolatePlasma,
  interpolatePRGn,
  interpolatePuOr,
  interpolateRdBu,
  interpolateReds,
  interpolateTurbo,
  interpolateViridis,
  schemeTableau10,
} from 'd3-scale-chromatic';

/** Writes the colours of the library as tables, which pages load in place of it; with `--check` only compares. */
const target = 'src/render/drawing/colors.generated.ts';

const diverging: Readonly<Record<string, (t: number) => string>> = {
  // Turned round: warm colours speak for the target.
  RdBu: (t) => interpolateRdBu(1 - t),
  PuOr: (t) => interpolatePuOr(1 - t),
  PRGn: interpolatePRGn,
  PiYG: (t) => interpolatePiYG(1 - t),
};

const sequential: Readonly<Record<string, (t: number) => string>> = {
  inferno: interpolateInferno,
  viridis: interpolateViridis,
  magma: interpolateMagma,
  plasma: interpolatePlasma,
  cividis: interpolateCividis,
  turbo: interpolateTurbo,
  greys: (t) => interpolateGreys(1 - t),
  reds: interpolateReds,
};

const generated = `// Made of d3-scale-chromatic by \`npm run colors\`.

/** Steps from one level of red, then of green, then of blue to the next; \`M\` is none, \`N\` one up. */
export const divergingSteps = {
${tables(diverging)}
} as const;

export const sequentialSteps = {
${tables(sequential)}
} as const;

/** Ten colours that are told apart. */
export const distinctColors: readonly string[] = [
${schemeTableau10.map((color) => `  '${color}',`).join('\n')}
];
`;

if (!process.argv.includes('--check')) {
  await writeFile(target, generated);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== generated) {
  console.error(`${target} differs from the colours of d3-scale-chromatic: run "npm run colors"`);
  process.exitCode = 1;
}

function tables(interpolators: Readonly<Record<string, (t: number) => string>>): string {
  return Object.entries(interpolators)
    .map(([name, colorAt]) => `  ${name}:${name.length > 4 ? '\n   ' : ''} '${stepsOf(colorAt)}',`)
    .join('\n');
}

function stepsOf(colorAt: (t: number) => string): string {
  const colors = Array.from({ length: 256 }, (_, i) => bytesOf(colorAt(i / 255)));
  const levels = [0, 1, 2].map((channel) => colors.map((color) => color[channel] as number));
  return levels
    .map(([first = 0, ...others]) => first.toString(16).padStart(2, '0') + steps([first, ...others]))
    .join('');
}

function steps(levels: readonly number[]): string {
  return levels
    .slice(1)
    .map((level, i) => {
      const step = level - (levels[i] as number);
      if (Math.abs(step) > 13) throw new Error(`a step of ${step} has no letter`);
      return String.fromCharCode(77 + step);
    })
    .join('');
}

// Some maps give '#440154', others 'rgb(68, 1, 84)'.
function bytesOf(color: string): readonly number[] {
  const parts = color.startsWith('#') ? color.slice(1).match(/../g) : color.match(/\d+/g);
  return (parts ?? []).slice(0, 3).map((part) => Number.parseInt(part, color.startsWith('#') ? 16 : 10));
}
