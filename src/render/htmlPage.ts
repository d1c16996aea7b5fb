import { escaped } from '../numeric/text/escaped.ts';
import { reportStyle } from './reportStyle.ts';

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
