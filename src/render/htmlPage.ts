import { escaped } from '../numeric/escaped.ts';

/** A page of its own. */
export interface HtmlPage {
  /** Plain text. */
  readonly title: string;
  /** A BCP 47 tag; `'en'` by default. */
  readonly language?: string;
  /** Rules beside those of all reports. */
  readonly style?: string;
  /** What follows the title, as HTML. */
  readonly main: string;
  /** What follows all that is shown: data and scripts. */
  readonly scripts?: string;
}

/** An HTML document that needs nothing else. */
export function htmlPage({ title, language = 'en', style = '', main, scripts = '' }: HtmlPage): string {
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${reportStyle}${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${main}
</main>
${scripts}</body>
</html>
`;
}

/** Plain text as paragraphs; an empty line begins another one. */
export function paragraphsHtml(text: string): readonly string[] {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
  return paragraphs.map((paragraph) => `<p>${escaped(paragraph.trim())}</p>`);
}

/** The style sheet of reports. */
const reportStyle = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1a1c21, #e7e9ee);
  --quiet: light-dark(#626873, #9aa1ad);
  --line: light-dark(#e1e4ea, #31353d);
  --page: light-dark(#ffffff, #15171b);
  --panel: light-dark(#f6f7f9, #1e2127);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0 0 1.5rem; font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 2.5rem 0 0.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: 1.25rem; }
p { max-width: 46rem; margin: 0.75rem 0; white-space: pre-line; overflow-wrap: anywhere; }
.gallery { display: flex; flex-wrap: wrap; gap: 1.25rem; margin: 1.25rem 0; }
figure { margin: 0; max-width: 100%; padding: 0.6rem; border-radius: 0.5rem; background: var(--panel); }
img { display: block; max-width: 100%; height: auto; border-radius: 0.25rem; }
.tiny { width: 14rem; image-rendering: pixelated; }
figcaption { width: 0; min-width: 100%; margin-top: 0.5rem; color: var(--quiet); font-size: 0.875rem; overflow-wrap: anywhere; }
.scroll { margin: 1.25rem 0; overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9375rem; }
th, td { padding: 0.4rem 1.5rem 0.4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
`;

/**
 * A value as JSON within a `<script>`: no `<` is left, so that no text in it can end the script or begin a comment
 * (HTML standard, "Restrictions for contents of script elements"), and no control character.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[<\p{Cc}\p{NChar}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => unitOf(character.charCodeAt(i))).join(''),
  );
}

function unitOf(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
